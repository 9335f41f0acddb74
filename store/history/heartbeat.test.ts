import assert from 'node:assert/strict';
import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchRepository } from '../git/scratch.ts';
import { thisProcess } from '../process-mark.ts';
import { Heartbeat, isRunAlive } from './heartbeat.ts';
import { liveFolder } from './live-log-file.ts';
import { LiveTask } from './live-log-read.ts';
import type { RunRecord } from './schema.ts';

const elsewhere = { ...thisProcess(), host: 'another-computer' };
const runOf = (process: RunRecord['process']): RunRecord =>
  ({ flow: 'F', id: '20261122-104755-006k7', process }) as RunRecord;
const NAME = 'F/20261122-104755-006k7';

test('of a run on another computer the heartbeat tells whether it lives', (t) => {
  const { path } = scratchRepository(t);
  const run = runOf(elsewhere);
  assert.equal(isRunAlive(path, run), undefined);
  const heartbeat = Heartbeat.start(path, NAME);
  assert.equal(isRunAlive(path, run), true);
  const [file = ''] = readdirSync(join(liveFolder(path).path, NAME));
  const before = new Date(Date.now() - 200_000);
  utimesSync(join(liveFolder(path).path, NAME, file), before, before);
  assert.equal(isRunAlive(path, run), false);
  assert.deepEqual(LiveTask.list(path, NAME), []);
  heartbeat.stop({ isRecorded: false });
  assert.equal(isRunAlive(path, run), false);
  heartbeat.stop({ isRecorded: true });
  assert.equal(isRunAlive(path, run), undefined);
  assert.equal(existsSync(liveFolder(path).path), false);
});

test('a clock that is hours ahead of the disk makes no run seem to have crashed', (t) => {
  const { path } = scratchRepository(t);
  const heartbeat = Heartbeat.start(path, NAME);
  const { now } = Date;
  Date.now = () => now() + 3 * 3_600_000;
  t.after(() => {
    Date.now = now;
  });
  assert.equal(isRunAlive(path, runOf(elsewhere)), true);
  heartbeat.stop({ isRecorded: true });
});

test('it beats again and again', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { path } = scratchRepository(t);
  const heartbeat = Heartbeat.start(path, NAME);
  const file = join(liveFolder(path).path, NAME, '.heartbeat');
  const before = new Date(Date.now() - 200_000);
  utimesSync(file, before, before);
  t.mock.timers.tick(10_000);
  assert.equal(isRunAlive(path, runOf(elsewhere)), true);
  heartbeat.stop({ isRecorded: true });
});

test('of a run on this computer the process itself tells', (t) => {
  const { path } = scratchRepository(t);
  const heartbeat = Heartbeat.start(path, NAME);
  assert.equal(isRunAlive(path, runOf(thisProcess())), true);
  assert.equal(isRunAlive(path, runOf({ ...thisProcess(), boot: 'an earlier one' })), false);
  heartbeat.stop({ isRecorded: true });
});
