import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  errorCode,
  makeFolder,
  removeStaleTemporaries,
  syncFolder,
  TemporaryFile,
  writeFileAtomically,
} from './atomic-file.ts';
import { processWord, thisProcess } from './process-mark.ts';

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-atomic-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a file is created and replaced, text or bytes, and nothing stays beside it', (t) => {
  const folder = scratch(t);
  const path = join(folder, 'file');
  for (const content of ['text é\n', Buffer.alloc(3_000_000, 7), new Uint8Array([1, 2]), '']) {
    writeFileAtomically(path, content);
    assert.deepEqual(readFileSync(path), Buffer.from(content));
  }
  writeFileAtomically(path, 'unsynced', { sync: false });
  assert.equal(readFileSync(path, 'utf8'), 'unsynced');
  assert.deepEqual(readdirSync(folder), ['file']);
});

test('permissions are those asked for', (t) => {
  const path = join(scratch(t), 'file');
  writeFileAtomically(path, 'x', { mode: 0o400 });
  assert.equal(statSync(path).mode & 0o777, 0o400);
  writeFileAtomically(path, 'y', { mode: 0o400 });
  assert.equal(readFileSync(path, 'utf8'), 'y');
});

test('a failure leaves the old content and nothing beside it', (t) => {
  const folder = scratch(t);
  mkdirSync(join(folder, 'taken'));
  assert.throws(
    () => writeFileAtomically(join(folder, 'taken'), 'x'),
    (error) => ['EISDIR', 'EPERM'].includes(errorCode(error)),
  );
  const path = join(folder, 'none', 'x');
  assert.throws(() => writeFileAtomically(path, 'x'), { code: 'ENOENT', path });
  assert.deepEqual(readdirSync(folder), ['taken']);
});

test('a temporary file is written in pieces, anywhere, and shows under its final name only', (t) => {
  const folder = scratch(t);
  const file = TemporaryFile.in(folder);
  file.write(Buffer.from('....world'));
  file.write(Buffer.from('hell'), 0);
  assert.equal(existsSync(join(folder, 'final')), false);
  file.publish(join(folder, 'final'), true);
  file.discard();
  assert.equal(readFileSync(join(folder, 'final'), 'utf8'), 'hellworld');
});

test('a temporary file that is discarded is gone', (t) => {
  const folder = scratch(t);
  const file = TemporaryFile.in(folder);
  file.write(Buffer.from('x'));
  file.discard();
  file.discard();
  assert.deepEqual(readdirSync(folder), []);
});

test('temporary files of dead writers are removed, new ones and other files are not', (t) => {
  const folder = scratch(t);
  const [old, young] = [TemporaryFile.in(folder), TemporaryFile.in(folder)];
  writeFileSync(join(folder, 'other'), '');
  for (const file of [old, young]) file.finish(false);
  const yesterday = new Date(Date.now() - 86_400_000);
  for (const path of [old.path, join(folder, 'other')]) utimesSync(path, yesterday, yesterday);
  assert.deepEqual(
    removeStaleTemporaries(folder, 3_600_000).map((name) => join(folder, name)),
    [old.path],
  );
  assert.deepEqual(
    readdirSync(folder)
      .map((name) => join(folder, name))
      .sort(),
    [young.path, join(folder, 'other')].sort(),
  );
});

test('the temporary file of a process that is known to be dead goes at once', (t) => {
  const folder = scratch(t);
  const name = `.oxbow-tmp-${processWord({ ...thisProcess(), pid: 0x7fff_fff0 })}-0123456789ab`;
  const elsewhere = `.oxbow-tmp-${processWord({ ...thisProcess(), host: 'x' })}-0123456789ab`;
  for (const each of [name, elsewhere, '.oxbow-tmp-1-2']) writeFileSync(join(folder, each), '');
  assert.deepEqual(removeStaleTemporaries(folder, 3_600_000), [name]);
});

test('folders are made with their parents, and making them again is fine', (t) => {
  const path = join(scratch(t), 'a', 'b', 'c');
  for (const sync of [true, false, true]) {
    makeFolder(path, { sync });
    assert.ok(statSync(path).isDirectory());
  }
});

test('syncing what is not there is an error', (t) => {
  const folder = scratch(t);
  assert.throws(() => syncFolder(join(folder, 'none')), { code: 'ENOENT' });
  syncFolder(folder);
});
