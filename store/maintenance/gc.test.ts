import assert from 'node:assert/strict';
import { existsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fsck, git, scratchRepository, snapshot } from '../git/scratch.ts';
import { headRef } from '../history/layout.ts';
import { keepText } from '../history/run-packs.ts';
import { addTag, tagsOf } from '../history/tags.ts';
import { thisProcess } from '../process-mark.ts';
import { type FixtureRun, plainRuns, writeRuns } from './fixture-runs.ts';
import { unreachable, valuesOf } from './fixture-values.ts';
import { gc, NotInTrashError, planGc, undoGc } from './gc.ts';
import { allRefs, packLooseRefs } from './ref-table.ts';

const DAY = 86_400_000;

test('deleted runs lie in the trash, come back exactly, and go for good when their grace has ended', (t) => {
  const repository = scratchRepository(t);
  const made = writeRuns(repository, plainRuns(5));
  const [first] = made;
  assert.ok(first);
  addTag(repository.refs, { flow: 'F', id: first.id, commit: first.commit }, 'a tag');
  const before = allRefs(repository);
  const values = valuesOf(repository);
  const now = Date.now();
  const report = gc(repository, { keepLast: 2, includeTagged: true }, { now });
  assert.deepEqual(
    report.deleted.map(({ id }) => id),
    made.slice(0, 3).map(({ id }) => id),
  );
  assert.equal(report.trash.length, 3);
  assert.equal(report.pruned.objects, 0);
  assert.equal(repository.refs.names('refs/runs/').length, 2);
  git(repository.path, ['gc', '--prune=now', '-q']);

  assert.equal(undoGc(repository).length, 3);
  assert.deepEqual(allRefs(repository), before);
  assert.deepEqual(valuesOf(repository), values);
  assert.deepEqual(tagsOf(repository.refs, 'F', first.id), ['a tag']);

  gc(repository, { keepLast: 2, includeTagged: true }, { now });
  assert.equal(gc(repository, {}, { now: now + 13 * DAY }).trash.length, 3);
  const last = gc(repository, {}, { now: now + 15 * DAY });
  assert.equal(last.expired.length, 3);
  assert.ok(last.pruned.objects > 0 && last.pruned.bytes > 0);
  assert.deepEqual(unreachable(repository), []);
  assert.equal(fsck(repository.path), '');
  assert.throws(() => undoGc(repository, [`F/${first.id}`]), NotInTrashError);
  assert.equal(valuesOf(repository).size, (values.size * 2) / 5);
});

test('a tag that comes while its run is deleted is deleted with it', (t) => {
  const repository = scratchRepository(t);
  const [made] = writeRuns(repository, plainRuns(1));
  assert.ok(made);
  const { refs } = repository;
  addTag(refs, made, 'late');
  const names = refs.names.bind(refs);
  let looks = 0;
  // As if the tag came just after the gc had looked for tags.
  t.mock.method(refs, 'names', (prefix: string) =>
    prefix.startsWith('refs/tags/') && looks++ === 0 ? [] : names(prefix),
  );
  gc(repository, { keepLast: 0, includeTagged: true });
  assert.deepEqual(names('refs/tags/'), []);
  undoGc(repository);
  assert.deepEqual(tagsOf(refs, 'F', made.id), ['late']);
});

test('the branch of a flow follows its newest successful run', (t) => {
  const repository = scratchRepository(t);
  const runs = [...plainRuns(3)].map((run, at) => ({
    ...run,
    status: at === 1 ? ('failed' as const) : ('successful' as const),
  }));
  const [first, , third] = writeRuns(repository, runs);
  assert.equal(repository.refs.read(headRef('F')), third?.commit);
  addTag(repository.refs, { flow: 'F', id: third?.id ?? '', commit: third?.commit ?? assert.fail() }, 'x');
  gc(repository, { tags: ['x'] });
  assert.equal(repository.refs.read(headRef('F')), first?.commit);
  gc(repository, { keepLast: 0 });
  assert.equal(repository.refs.read(headRef('F')), undefined);
  undoGc(repository, [`F/${first?.id}`]);
  assert.equal(repository.refs.read(headRef('F')), first?.commit);
  undoGc(repository, [`F/${third?.id.slice(0, 18)}`]);
  assert.equal(repository.refs.read(headRef('F')), third?.commit);
});

test('a plan names what each run would free alone and all together', (t) => {
  const repository = scratchRepository(t);
  const noise = (seed: number, length: number) =>
    Float64Array.from({ length }, (_, at) => Math.sin(at * seed) * seed);
  const createdAt = Date.UTC(2026, 0, 1);
  const run = (at: number, artifacts: Record<string, unknown>): FixtureRun => ({
    flow: 'F',
    createdAt: createdAt + at * 60_000,
    steps: { start: artifacts, end: artifacts },
  });
  const own = noise(1.1, 4000);
  const both = noise(2.2, 8000);
  const all = noise(3.3, 16_000);
  writeRuns(repository, [run(0, { own, both, all }), run(1, { both, all }), run(2, { all })], 3);
  const plan = planGc(repository, { keepLast: 1 }, { artifacts: true });
  const [one, two] = plan.runs;
  assert.ok(one && two);
  const near = (bytes: number | undefined, wanted: number) =>
    assert.ok(
      bytes !== undefined && bytes > wanted * 0.85 && bytes < wanted * 1.15 + 4000,
      `${bytes}, not ${wanted}`,
    );
  near(one.exclusive, own.byteLength);
  near(two.exclusive, 0);
  near(one.shared, both.byteLength + all.byteLength);
  near(plan.freed, own.byteLength + both.byteLength);
  const bytes = new Map(
    one.artifacts?.map(({ step, artifact, exclusive, shared }) => [
      `${step}/${artifact}`,
      { exclusive, shared },
    ]),
  );
  near(bytes.get('start/own')?.exclusive, own.byteLength);
  near(bytes.get('start/both')?.shared, both.byteLength);
  assert.deepEqual(bytes.get('end/own'), { exclusive: 0, shared: 0 }, 'it counts where it came first');
  const { pruned } = gc(repository, { keepLast: 1 }, { grace: 0 });
  near(pruned.bytes, plan.freed);
});

test('nothing is removed while a run goes on', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(3));
  const keep = keepText({ flow: 'F', id: 'x', process: thisProcess() });
  const living = repository.writePack(snapshot(['of a run']).objects, { sync: false, keep });
  const first = gc(repository, { keepLast: 1 }, { grace: 0 });
  assert.equal(first.deleted.length, 2);
  assert.deepEqual(first.pruned, { objects: 0, bytes: 0, postponed: true });
  assert.equal(undoGc(repository).length, 2, 'the trash is as it was');
  gc(repository, { keepLast: 1 }, { grace: 0 });
  repository.unkeep(living?.name ?? '');
  assert.ok(gc(repository, {}, { grace: 0 }).pruned.objects > 0);
  assert.deepEqual(unreachable(repository), []);
});

test('what nothing reaches stays for a day, or as long as somebody keeps it', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(1));
  const young = repository.writePack(snapshot(['young']).objects, { sync: false });
  const kept = repository.writePack(snapshot(['kept']).objects, {
    sync: false,
    keep: 'fetch-pack 1 on host\n',
  });
  const old = repository.writePack(snapshot(['old']).objects, { sync: false });
  const loose = repository.writeLoose('blob', Buffer.from('loose'));
  utimesSync(kept?.path ?? '', 1e9, 1e9);
  utimesSync(old?.path ?? '', 1e9, 1e9);
  assert.equal(gc(repository, {}).pruned.objects, 3);
  assert.ok(existsSync(kept?.path ?? '') && !existsSync(old?.path ?? ''));
  assert.ok(repository.has(snapshot(['young']).commit) && repository.has(loose));
  assert.equal(gc(repository, {}, { now: Date.now() + 2 * DAY }).pruned.objects, 4);
  assert.ok(!existsSync(young?.path ?? '') && existsSync(kept?.path ?? ''));
});

test('objects that native git packed as deltas of what goes stay whole', (t) => {
  const repository = scratchRepository(t);
  const text = Array.from({ length: 3000 }, (_, line) => `line ${line * 7919}`).join('\n');
  writeRuns(repository, [
    { flow: 'F', createdAt: 1e12, steps: { start: { text: `${text}\n${text}` } } },
    { flow: 'F', createdAt: 2e12, steps: { start: { text: `${text}\nmore` } } },
    { flow: 'F', createdAt: 3e12, steps: { start: { text } } },
  ]);
  git(repository.path, ['repack', '-adfq']);
  git(repository.path, ['commit-graph', 'write', '--reachable']);
  const values = valuesOf(repository);
  gc(repository, { keepLast: 1 }, { grace: 0 });
  for (const [address, value] of valuesOf(repository)) assert.deepEqual(value, values.get(address));
  assert.deepEqual(unreachable(repository), []);
  assert.equal(fsck(repository.path), '');
});

test('loose refs are packed as git packs them', (t) => {
  const repository = scratchRepository(t);
  const made = writeRuns(repository, plainRuns(3));
  for (const { id, commit } of made) repository.refs.update(`refs/tags/F/${id}/x`, { to: commit });
  const before = allRefs(repository);
  assert.equal(packLooseRefs(repository), 3);
  assert.deepEqual(allRefs(repository), before);
  assert.ok(!existsSync(join(repository.path, 'refs/tags/F')));
  assert.equal(
    git(repository.path, ['for-each-ref', '--format=%(refname)']).trim().split('\n').length,
    before.size,
  );
});
