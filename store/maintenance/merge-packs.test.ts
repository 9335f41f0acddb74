import assert from 'node:assert/strict';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Repository } from '../git/repository.ts';
import { fsck, git, scratchRepository, snapshot } from '../git/scratch.ts';
import { keepText } from '../history/run-packs.ts';
import { RunReader } from '../history/run-reader.ts';
import { thisProcess } from '../process-mark.ts';
import { makeRun, plainRuns, writeRuns } from './fixture-runs.ts';
import { removeDeadKeeps } from './keep.ts';
import { mergeablePacks, mergePacks } from './merge-packs.ts';
import { listPacks } from './pack-file.ts';

const packNames = ({ packFolder }: Repository): string[] =>
  readdirSync(packFolder).filter((name) => name.endsWith('.pack'));

function readAll(repository: Repository): string[] {
  return repository.refs.names('refs/runs/').map((name) => {
    const commit = repository.refs.read(name) ?? assert.fail();
    const run = new RunReader(repository, name.slice('refs/runs/'.length), commit);
    const tasks = run.stepNames().flatMap((step) => run.tasks(step));
    return JSON.stringify([run.record, tasks.map((task) => [task.record, [...task.artifacts()]])]);
  });
}

test('packs of runs become few, and all runs read as before', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(100));
  const before = readAll(repository);
  const reader = Repository.open(repository.path);
  t.after(() => reader.close());
  assert.deepEqual(readAll(reader), before);
  assert.ok(mergeablePacks(repository) > 16);
  const report = mergePacks(repository);
  assert.equal(report.merged, 100);
  assert.equal(packNames(repository).length, 1);
  assert.equal(mergeablePacks(repository), 0);
  assert.deepEqual(readAll(repository), before);
  assert.deepEqual(readAll(reader), before, 'a reader that knew the old packs');
  assert.equal(fsck(repository.path), '');
  assert.equal(git(repository.path, ['count-objects', '-v']).match(/garbage: 0/)?.length, 1);
});

test('what several packs hold is stored once', (t) => {
  const repository = scratchRepository(t);
  const shared = snapshot(['in both', 'in both, too']).objects;
  repository.writePack([...shared, ...snapshot(['a']).objects], { sync: false });
  repository.writePack([...shared, ...snapshot(['b']).objects], { sync: false });
  mergePacks(repository);
  const [pack] = listPacks(repository.packFolder);
  assert.equal(pack?.index().count, shared.length + 6);
});

test('a pack that holds all the others is all there is afterwards', (t) => {
  const repository = scratchRepository(t);
  const { objects } = snapshot(['a', 'b']);
  const all = repository.writePack(objects, { sync: false });
  repository.writePack(objects.slice(0, 3), { sync: false });
  const sizes = listPacks(repository.packFolder).map(({ bytes }) => bytes);
  assert.ok((sizes[1] ?? 0) < 2 * (sizes[0] ?? 0));
  mergePacks(repository);
  assert.equal(packNames(repository).length, 1);
  for (const { id } of objects) assert.ok(repository.read(id));
  assert.ok(all);
});

test('a merged pack is as old as the youngest of its parts', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(4));
  for (const [at, pack] of listPacks(repository.packFolder).entries())
    utimesSync(pack.file('pack'), 1e9 + at, 1e9 + at);
  mergePacks(repository);
  const [merged] = listPacks(repository.packFolder);
  assert.equal(statSync(merged?.file('pack') ?? '').mtimeMs / 1000, 1e9 + 3);
});

test('packs with deltas, kept ones and damaged ones stay as they are', (t) => {
  const repository = scratchRepository(t);
  const text = Array.from({ length: 2000 }, (_, line) => `line ${line}`).join('\n');
  const versions = snapshot([text, `${text}\none more`, `${text}\nanother`]);
  repository.writePack(versions.objects, { sync: false });
  repository.refs.update('refs/heads/deltas', { to: versions.commit });
  git(repository.path, ['repack', '-adfq']);
  const [native] = packNames(repository);
  writeRuns(repository, plainRuns(20));
  const [, kept = '', damaged = ''] = packNames(repository).filter((name) => name !== native);
  writeFileSync(join(repository.packFolder, kept.replace(/pack$/, 'keep')), 'by hand\n');
  const index = listPacks(repository.packFolder).find(({ name }) => damaged.startsWith(name));
  writeFileSync(index?.file('idx') ?? '', 'no index', { mode: 0o644, flag: 'r+' });
  mergePacks(repository);
  const after = packNames(repository);
  assert.equal(after.length, 4);
  for (const name of [native ?? '', kept, damaged]) assert.ok(after.includes(name), name);
});

test('the keep file of a dead run goes, that of a living one stays', (t) => {
  const repository = scratchRepository(t);
  const keepOf = (flow: string, process: ReturnType<typeof thisProcess>) =>
    keepText({ flow, id: '20260101-000000-00000', process });
  const write = (flow: string, keep: string) =>
    repository.writePack(snapshot([flow]).objects, { sync: false, keep })?.name;
  const dead = write('Dead', keepOf('Dead', { ...thisProcess(), pid: 0x7fff_fff0 }));
  const rebooted = write('Rebooted', keepOf('Rebooted', { ...thisProcess(), boot: 'before' }));
  write('Living', keepOf('Living', thisProcess()));
  write('Elsewhere', keepOf('Elsewhere', { ...thisProcess(), host: 'elsewhere' }));
  write('Foreign', 'fetch-pack 1 on host\n');
  const removed = removeDeadKeeps(repository);
  assert.deepEqual(removed.sort(), [dead, rebooted].sort());
});

test('a run that writes the same objects again while they are merged loses nothing', (t) => {
  const repository = scratchRepository(t);
  const [first, second] = [...plainRuns(2)];
  assert.ok(first && second);
  const one = makeRun(first);
  writeRuns(repository, [second]);
  repository.writePack(one.objects, { sync: false });
  mergePacks(repository);
  repository.writePack(one.objects, { sync: false, keep: 'again\n' });
  assert.equal(mergePacks(repository).merged, 0);
  for (const { id } of one.objects) assert.ok(repository.read(id));
});
