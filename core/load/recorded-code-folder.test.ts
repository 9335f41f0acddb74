import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { recordedCodeFolder } from './recorded-code-folder.ts';

/** A folder that has the user's cache in it. */
function scratch(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'oxbow-recorded-test-')));
  const { XDG_CACHE_HOME } = process.env;
  t.after(() => {
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    rmSync(folder, { recursive: true, force: true });
  });
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  return folder;
}

test('code that is executed sees the packages that a folder sees, the nearest first', (t) => {
  const folder = scratch(t);
  const plant = (below: string, name: string): void => {
    mkdirSync(join(folder, below, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, below, 'node_modules', name, 'index.js'), `module.exports = '${below}'`);
  };
  plant('a', 'far');
  plant('a', 'both');
  plant('a/b/c', 'both');
  plant('a/b/c', 'near');
  plant('cache/oxbow', 'planted');
  const { path, remove } = recordedCodeFolder(join(folder, 'a/b/c'));
  mkdirSync(path);
  const load = createRequire(join(path, 'flow.js'));
  assert.deepEqual(['far', 'both', 'near'].map(load), ['a', 'a/b/c', 'a/b/c']);
  remove();
  assert.ok(existsSync(join(folder, 'a/b/c/node_modules/near')));
  assert.deepEqual(readdirSync(join(folder, 'cache/oxbow/recorded')), []);
});

test('it is the user’s alone, and package.json and tsconfig.json are looked for no further up', (t) => {
  const folder = scratch(t);
  const { path, remove } = recordedCodeFolder(folder);
  const root = join(
    folder,
    'cache/oxbow/recorded',
    readdirSync(join(folder, 'cache/oxbow/recorded'))[0] as string,
  );
  assert.ok(path.startsWith(`${root}/`));
  assert.equal(lstatSync(root).mode & 0o777, 0o700);
  for (const name of ['package.json', 'tsconfig.json'])
    assert.equal(readFileSync(join(root, name), 'utf8'), '{}\n');
  remove();
  // Without a place in the cache it is in the folder for temporary files.
  writeFileSync(join(folder, 'file'), '');
  process.env.XDG_CACHE_HOME = join(folder, 'file');
  const other = recordedCodeFolder(folder);
  assert.equal(lstatSync(dirname(other.path)).mode & 0o022, 0);
  other.remove();
  assert.equal(existsSync(dirname(other.path)), false);
});

test('what killed processes left goes after a week, and nothing else', (t) => {
  const folder = scratch(t);
  const recorded = join(folder, 'cache/oxbow/recorded');
  recordedCodeFolder(folder).remove();
  const old = new Date(Date.now() - 8 * 24 * 3_600_000);
  for (const name of ['of-abcdef', 'of-ABC123', 'of-toolong', 'other'])
    mkdirSync(join(recorded, name, 'in'), { recursive: true });
  for (const name of ['of-abcdef', 'of-toolong', 'other']) utimesSync(join(recorded, name), old, old);
  recordedCodeFolder(folder).remove();
  assert.deepEqual(readdirSync(recorded).sort(), ['of-ABC123', 'of-toolong', 'other']);
});
