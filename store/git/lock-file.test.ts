import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { processMark, thisProcess } from '../process-mark.ts';
import { RefLockedError } from './errors.ts';
import { LockFile } from './lock-file.ts';
import { scratchFolder } from './scratch.ts';

const at = (path: string, patience: number) => ({ root: dirname(path), patience });
const DEAD = `oxbow lock ${processMark({ ...thisProcess(), pid: 0x7fff_fff0 })}\n`;

test('a lock is taken once, and committing it replaces the file', (t) => {
  const root = scratchFolder(t);
  const path = join(root, 'deep', 'er', 'file');
  const lock = LockFile.take(path, { root, patience: 0 });
  assert.throws(() => LockFile.take(path, { root, patience: 0 }), RefLockedError);
  lock.commit('content\n');
  lock.release();
  assert.equal(readFileSync(path, 'utf8'), 'content\n');
  assert.equal(existsSync(lock.lock), false);
});

test('a lock that is released changes nothing, and releasing again does not take another’s lock away', (t) => {
  const path = join(scratchFolder(t), 'file');
  const lock = LockFile.take(path, at(path, 0));
  lock.release();
  const other = LockFile.take(path, at(path, 0));
  lock.release();
  assert.ok(existsSync(other.lock));
  other.release();
  assert.equal(existsSync(path), false);
});

test('waiting ends when the other holder lets go', (t) => {
  const path = join(scratchFolder(t), 'file');
  writeFileSync(`${path}.lock`, '');
  const code = `setTimeout(() => require('node:fs').rmSync(${JSON.stringify(`${path}.lock`)}), 100)`;
  const worker = new Worker(code, { eval: true });
  t.after(() => worker.terminate());
  const started = performance.now();
  LockFile.take(path, at(path, 5000)).release();
  assert.ok(performance.now() - started > 50);
});

test('waiting in vain names the lock, its age and the remedy', (t) => {
  const path = join(scratchFolder(t), 'file');
  writeFileSync(`${path}.lock`, '');
  const started = performance.now();
  assert.throws(
    () => LockFile.take(path, at(path, 100)),
    (error) => {
      assert.ok(error instanceof RefLockedError);
      assert.equal(error.lock, `${path}.lock`);
      assert.ok(error.age >= 50 && error.age < 10_000);
      return /delete the file/.test(error.message);
    },
  );
  assert.ok(performance.now() - started >= 100);
});

test('a lock says from its first moment to its last who holds it', (t) => {
  const path = join(scratchFolder(t), 'file');
  const lock = LockFile.take(path, at(path, 0));
  const mark = `oxbow lock ${processMark(thisProcess())}\n`;
  assert.equal(readFileSync(lock.lock, 'utf8'), mark);
  assert.throws(() => lock.commit(null as unknown as string));
  assert.equal(readFileSync(lock.lock, 'utf8'), mark);
  lock.release();
  assert.deepEqual(readdirSync(dirname(path)), []);
});

test('the lock of a dead process is broken by whoever comes next, also one whose pid another process has got', (t) => {
  const path = join(scratchFolder(t), 'file');
  const { start = 0, ...reused } = thisProcess();
  for (const mark of [DEAD, `oxbow lock ${processMark({ ...reused, start: start - 1 })}\n`]) {
    writeFileSync(`${path}.lock`, mark);
    LockFile.take(path, at(path, 0)).commit('taken over');
    assert.deepEqual(readdirSync(dirname(path)), ['file']);
  }
});

test('locks of others are not touched before an hour has passed: of native git, of another machine or container', (t) => {
  const path = join(scratchFolder(t), 'file');
  const elsewhere = [
    { ...thisProcess(), host: 'elsewhere' },
    { ...thisProcess(), space: 1 },
  ].map((record) => `oxbow lock ${processMark(record)}\n`);
  for (const text of ['', ...elsewhere]) {
    writeFileSync(`${path}.lock`, text);
    assert.throws(() => LockFile.take(path, at(path, 0)), RefLockedError);
    const before = Date.now() / 1000 - 3700;
    utimesSync(`${path}.lock`, before, before);
    LockFile.take(path, at(path, 0)).release();
  }
});

test('a lock in use is not broken when the clock is set forward by hours: it changes while it is watched', async (t) => {
  const path = join(scratchFolder(t), 'file');
  const lock = `${path}.lock`;
  const { now } = Date;
  Date.now = () => now() + 5 * 3_600_000;
  // As native git does, it gives the lock back after a moment and takes it again.
  const loop = 'while :; do : > "$0.new"; mv "$0.new" "$0"; echo; sleep 0.02; done';
  const git = spawn('sh', ['-c', loop, lock], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await once(git.stdout, 'data');
    assert.throws(() => LockFile.take(path, at(path, 0)), RefLockedError);
  } finally {
    Date.now = now;
    git.kill();
    await once(git, 'exit');
  }
});

test('who breaks a lock may be killed over it: the next one breaks both', (t) => {
  const root = scratchFolder(t);
  const path = join(root, 'file');
  writeFileSync(`${path}.lock`, DEAD);
  const { ino, mtimeMs } = statSync(`${path}.lock`);
  const key = createHash('sha1')
    .update(`${path}.lock\n${ino}\n${mtimeMs}\n${DEAD}`)
    .digest('hex')
    .slice(0, 20);
  writeFileSync(join(root, `oxbow-break-${key}.lock`), DEAD);
  LockFile.take(path, at(path, 0)).release();
  assert.deepEqual(readdirSync(root), []);
});

test('of many who find a dead lock, one at a time holds it', { timeout: 60_000 }, async (t) => {
  const path = join(scratchFolder(t), 'file');
  writeFileSync(path, '0');
  const code = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { LockFile } from ${JSON.stringify(join(import.meta.dirname, 'lock-file.ts'))};
    const path = ${JSON.stringify(path)};
    for (let i = 0; i < 60; i += 1) {
      const lock = LockFile.take(path, { root: ${JSON.stringify(dirname(path))}, patience: 30_000 });
      lock.commit(String(Number(readFileSync(path, 'utf8')) + 1));
      // As if it had been killed when it was about to begin.
      if (i % 3 === 0) try { writeFileSync(path + '.lock', ${JSON.stringify(DEAD)}, { flag: 'wx' }); } catch {}
    }`;
  const script = join(dirname(path), 'race.mts');
  writeFileSync(script, code);
  const racers = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script], { stdio: 'inherit' }),
  );
  const codes = await Promise.all(racers.map((racer) => once(racer, 'exit')));
  assert.deepEqual(
    codes.map(([code]) => code),
    [0, 0, 0, 0],
  );
  assert.equal(readFileSync(path, 'utf8'), '240');
});
