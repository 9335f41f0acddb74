import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { RefLockedError } from './errors.ts';
import { LockFile } from './lock-file.ts';
import { scratchFolder } from './scratch.ts';

test('a lock is taken once, and committing it replaces the file', (t) => {
  const path = join(scratchFolder(t), 'deep', 'er', 'file');
  const lock = LockFile.take(path, 0);
  assert.throws(() => LockFile.take(path, 0), RefLockedError);
  lock.commit('content\n');
  lock.release();
  assert.equal(readFileSync(path, 'utf8'), 'content\n');
  assert.equal(existsSync(lock.lock), false);
});

test('a lock that is released changes nothing, and releasing again does not take another’s lock away', (t) => {
  const path = join(scratchFolder(t), 'file');
  const lock = LockFile.take(path, 0);
  lock.release();
  const other = LockFile.take(path, 0);
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
  LockFile.take(path, 5000).release();
  assert.ok(performance.now() - started > 50);
});

test('waiting in vain names the lock, its age and the remedy', (t) => {
  const path = join(scratchFolder(t), 'file');
  writeFileSync(`${path}.lock`, '');
  const started = performance.now();
  assert.throws(
    () => LockFile.take(path, 100),
    (error) => {
      assert.ok(error instanceof RefLockedError);
      assert.equal(error.lock, `${path}.lock`);
      assert.ok(error.age >= 50 && error.age < 10_000);
      return /delete the file/.test(error.message);
    },
  );
  assert.ok(performance.now() - started >= 100);
});
