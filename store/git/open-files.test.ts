import assert from 'node:assert/strict';
import { readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileReplacedError } from './file-replaced.ts';
import { LastingFile, OpenFiles } from './open-files.ts';
import { scratchFolder } from './scratch.ts';

const file = (t: TestContext, text: string): string => {
  const path = join(scratchFolder(t), 'file');
  writeFileSync(path, text);
  return path;
};

const first = (lasting: LastingFile): string => {
  const bytes = Buffer.alloc(1);
  readSync(lasting.fd, bytes, 0, 1, 0);
  return bytes.toString();
};

test('the least recently used file is closed when there are too many, and all when none is used', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const closed: string[] = [];
  const files = new OpenFiles(2);
  const keys = { a: {}, b: {}, c: {} };
  const open = (name: keyof typeof keys) => files.set(keys[name], { close: () => closed.push(name) });
  open('a');
  open('b');
  files.get(keys.a);
  open('c');
  assert.deepEqual(closed, ['b']);
  t.mock.timers.tick(1000);
  files.get(keys.a);
  t.mock.timers.tick(1000);
  assert.deepEqual(closed, ['b'], 'one of them was in use');
  t.mock.timers.tick(1000);
  assert.deepEqual(closed.slice(1).sort(), ['a', 'c']);
});

test('a lasting file that was closed opens again', (t) => {
  const lasting = new LastingFile(file(t, 'x'));
  lasting.close();
  assert.equal(first(lasting), 'x');
});

test('a file that another has replaced, or none, is not read in its place', (t) => {
  const path = file(t, 'x');
  const lasting = new LastingFile(path);
  lasting.close();
  writeFileSync(`${path}.new`, 'y');
  renameSync(`${path}.new`, path);
  assert.throws(() => lasting.fd, FileReplacedError);
  rmSync(path);
  assert.throws(() => lasting.fd, FileReplacedError);
});
