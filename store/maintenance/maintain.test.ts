import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fsck, scratchRepository } from '../git/scratch.ts';
import { plainRuns, writeRuns } from './fixture-runs.ts';
import { takeMaintenanceLock } from './lock.ts';
import { maintain, maintainInBackground, maintenanceDue } from './maintain.ts';
import { listPacks } from './pack-file.ts';

test('few packs and refs start nothing', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(10));
  assert.equal(maintenanceDue(repository, 'F'), false);
  assert.equal(maintainInBackground(repository, 'F'), false);
});

test('many packs start a process that merges them and leaves nothing behind', {
  timeout: 60_000,
}, async (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(40));
  const before = readdirSync(repository.path);
  assert.equal(maintainInBackground(repository, 'F'), true);
  while (
    listPacks(repository.packFolder).length > 1 ||
    existsSync(join(repository.path, 'oxbow-maintenance.lock'))
  ) {
    await sleep(20);
  }
  assert.deepEqual(readdirSync(repository.path), before);
  assert.equal(fsck(repository.path), '');
});

test('many loose refs of a flow are due, and get packed', (t) => {
  const repository = scratchRepository(t);
  const [run] = writeRuns(repository, plainRuns(1));
  const folder = join(repository.path, 'refs/runs/G');
  mkdirSync(folder, { recursive: true });
  for (let at = 0; at < 1100; at += 1) writeFileSync(join(folder, `${at}`), `${run?.commit}\n`);
  assert.equal(maintenanceDue(repository, 'G'), true);
  assert.equal(maintain(repository)?.packedRefs, 1100);
  assert.equal(maintenanceDue(repository, 'G'), false);
  assert.equal(repository.refs.names('refs/runs/G/').length, 1100);
  assert.equal(existsSync(folder), false);
});

test('only one maintains at a time', (t) => {
  const repository = scratchRepository(t);
  const lock = takeMaintenanceLock(repository.path);
  assert.equal(maintain(repository), undefined);
  lock?.release();
  assert.ok(maintain(repository));
});

test('what killed processes left goes, and what a killed gc withdrew comes back', (t) => {
  const repository = scratchRepository(t);
  const [run] = writeRuns(repository, plainRuns(1));
  const [pack] = listPacks(repository.packFolder);
  const withdrawn = join(repository.path, 'oxbow-withdrawn/pack');
  mkdirSync(withdrawn, { recursive: true });
  renameSync(pack?.file('idx') ?? '', join(withdrawn, `${pack?.name}.idx`));
  const stale = [join(repository.path, '.oxbow-tmp-1-2'), join(repository.packFolder, '.oxbow-tmp-3-4')];
  const lock = join(repository.path, 'refs/runs/F.lock');
  mkdirSync(join(repository.path, 'refs/runs'), { recursive: true });
  for (const path of [...stale, lock]) {
    writeFileSync(path, '');
    utimesSync(path, 1e9, 1e9);
  }
  const young = join(repository.path, '.oxbow-tmp-5-6');
  writeFileSync(young, '');
  assert.equal(maintain(repository)?.removedFiles, 3);
  assert.deepEqual(
    [...stale, lock, young].map((path) => existsSync(path)),
    [false, false, false, true],
  );
  assert.ok(repository.commit(run?.commit ?? assert.fail()));
  assert.equal(fsck(repository.path), '');
});
