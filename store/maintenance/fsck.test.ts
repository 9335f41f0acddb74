import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Repository } from '../git/repository.ts';
import { scratchRepository } from '../git/scratch.ts';
import { runRef } from '../history/layout.ts';
import { RunReader } from '../history/run-reader.ts';
import type { ObjectId } from '../ids.ts';
import type { MaintenanceProgress } from './events.ts';
import { type FixtureRun, plainRuns, writeRuns } from './fixture-runs.ts';
import { fsck } from './fsck.ts';
import { listPacks, type PackFile } from './pack-file.ts';

const big = (seed: number) => Float64Array.from({ length: 300_000 }, (_, at) => Math.sin(at * seed));

const runs: FixtureRun[] = [
  { flow: 'F', createdAt: 1e12, steps: { start: { big: big(1), small: 1 } } },
  { flow: 'F', createdAt: 2e12, steps: { start: { big: big(1), other: big(2) } } },
  { flow: 'G', createdAt: 3e12, steps: { start: { other: big(2) } } },
];

function edit(path: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  change(bytes);
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

/** Flips a bit in the middle of what a pack stores for an object. */
function damage(repository: Repository, id: ObjectId): void {
  for (const pack of listPacks(repository.packFolder)) {
    const index = pack.index();
    const row = index.find(Buffer.from(id, 'hex'));
    if (row < 0) continue;
    const start = index.offsetAt(row);
    const end = index.next(start) ?? pack.bytes - 20;
    edit(pack.file('pack'), (bytes) => {
      const at = (start + end) >> 1;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
    });
  }
}

const open = ({ path }: Repository): Repository => Repository.open(path);

test('a sound store has no damage, and progress is told', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, runs, 2);
  repository.writeLoose('blob', Buffer.from('loose'));
  const events: MaintenanceProgress[] = [];
  const report = fsck(repository, (event) => events.push(event));
  assert.deepEqual([report.damage, report.hits, report.damagedRuns], [[], [], []]);
  assert.deepEqual([report.runs, report.artifacts], [3, 3]);
  assert.ok(events.some(({ phase, done, total }) => phase === 'packs' && done === total));
});

test('a flipped bit in a chunk names the object, the artifacts and the runs', (t) => {
  const repository = scratchRepository(t);
  const [, second, third] = writeRuns(repository, runs, 3);
  const run = new RunReader(repository, 'run', second?.commit ?? assert.fail());
  const other = run.task('start', '0')?.artifacts().get('other') ?? assert.fail();
  const parts = repository.tree(other.id).find(({ name }) => name === 'parts') ?? assert.fail();
  const [part] = repository.tree(parts.id);
  const [, chunk] = repository.tree(part?.id ?? assert.fail());
  damage(repository, chunk?.id ?? assert.fail());
  const { damage: files, hits, damagedRuns } = fsck(open(repository));
  assert.deepEqual(
    files.map(({ id }) => id),
    [undefined, chunk?.id],
  );
  assert.deepEqual(damagedRuns, [`F/${second?.id}`, `G/${third?.id}`]);
  const addresses = hits.map(({ address }) => address);
  assert.ok(addresses.includes(`F/${second?.id}/start/0/other`), addresses.join('\n'));
  assert.ok(addresses.includes(`G/${third?.id}/start/0/other`));
  assert.ok(!addresses.some((address) => address.endsWith('/big')));
});

test('a damaged copy of an object that is whole elsewhere hits no run', (t) => {
  const repository = scratchRepository(t);
  const [one] = writeRuns(repository, runs.slice(0, 1));
  const tree = repository.commit(one?.commit ?? assert.fail()).tree;
  const copy = repository.packed(tree);
  damage(repository, tree);
  repository.writePack([copy], { sync: false });
  const { damage: files, hits } = fsck(open(repository));
  assert.deepEqual(
    files.map(({ id }) => id),
    [undefined, tree],
  );
  assert.deepEqual(hits, []);
});

const cases: readonly (readonly [name: string, hurt: (repository: Repository) => void, found: RegExp])[] = [
  ['an index that is cut', (r) => edit(first(r).file('idx'), (bytes) => bytes.fill(0, 0, 8)), /\.idx/],
  [
    'a checksum of an index',
    (r) => edit(first(r).file('idx'), (bytes) => bytes.fill(0, bytes.length - 20)),
    /\.idx has a wrong checksum/,
  ],
  [
    'a checksum of a pack',
    (r) => edit(first(r).file('pack'), (bytes) => bytes.fill(0, bytes.length - 20)),
    /\.pack/,
  ],
  ['a pack that is gone', orphanIndex, /without its pack/],
  [
    'a ref to nothing',
    (r) => r.refs.update('refs/heads/x', { to: '1'.repeat(40) as ObjectId }),
    /refs\/heads\/x .*missing/,
  ],
  [
    'a run that is no run',
    (r) => r.refs.update(runRef('F', '20260101-000000-00000'), { to: blobIn(r) }),
    /F\/20260101-000000-00000 /,
  ],
  ['a ref that is no id', (r) => writeFileSync(join(r.path, 'refs/heads/y'), 'nonsense\n'), /refs\/heads\/y/],
];
for (const [name, hurt, found] of cases) {
  test(`fsck finds ${name}`, (t) => {
    const repository = scratchRepository(t);
    writeRuns(repository, plainRuns(2), 2);
    hurt(repository);
    const { damage: files, hits } = fsck(open(repository));
    const lines = [
      ...files.map((each) => `${each.file} ${each.problem}`),
      ...hits.map((each) => `${each.address} ${each.problem}`),
    ];
    assert.match(lines.join('\n'), found);
  });
}

function first({ packFolder }: Repository): PackFile {
  return listPacks(packFolder)[0] ?? assert.fail();
}

function orphanIndex(repository: Repository): void {
  const path = first(repository).file('idx');
  writeFileSync(path.replace('pack-', 'pack-0'), readFileSync(path));
}

function blobIn(repository: Repository): ObjectId {
  return repository.writeLoose('blob', Buffer.from('no commit'));
}
