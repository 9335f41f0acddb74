import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { scratchFolder, scratchRepository } from './git/scratch.ts';
import { Heartbeat } from './history/heartbeat.ts';
import { plainRuns, writeRuns } from './maintenance/fixture-runs.ts';
import { gc } from './maintenance/gc.ts';
import { maintain } from './maintenance/maintain.ts';
import { SideFolder } from './side-folder.ts';

const RUN = ['F', '20260101-000000-00000', 'start', '0@0'];

/** From now on the process is another user's. */
function becomeAnother(t: TestContext): void {
  const uid = process.getuid?.() ?? 0;
  t.mock.method(process as { getuid(): number }, 'getuid', () => uid + 1);
}

const skip = process.getuid === undefined;

test('no name leads out of the folder', (t) => {
  const store = join(scratchFolder(t), 'store');
  mkdirSync(store);
  writeFileSync(join(store, '..', 'secret'), 'secret');
  const folder = new SideFolder(store, 'oxbow-live');
  folder.make('F');
  const odd = fc.constantFrom(
    '..',
    '.',
    '',
    '/',
    '../..',
    '\0',
    'a\0b',
    'x'.repeat(300),
    '\\',
    'F/../..',
    '🦊'.repeat(99),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(odd, fc.string()), { minLength: 1, maxLength: 4 }), (names) => {
      const path = names.some((name) => /[/\\\0]/.test(name)) ? names : [...names, '..', 'secret'];
      assert.equal(folder.read(...path), undefined);
      assert.equal(folder.changedAt(...path), undefined);
      assert.deepEqual(folder.folders(...path), []);
      folder.removeFile(...path);
      folder.removeAll(...path);
      assert.throws(() => folder.make(...path));
      assert.throws(() => folder.openOwn(path));
    }),
  );
  assert.deepEqual(readdirSync(join(store, '..')).sort(), ['secret', 'store']);
  assert.deepEqual(readdirSync(store), ['oxbow-live']);
});

test('what another user left is read, and not changed', { skip }, (t) => {
  const store = scratchFolder(t);
  const folder = new SideFolder(store, 'oxbow-live');
  folder.make(...RUN);
  folder.write([...RUN, 'stdout'], Buffer.from('text'));
  becomeAnother(t);
  assert.equal(folder.read(...RUN, 'stdout')?.toString(), 'text');
  assert.throws(() => folder.write([...RUN, 'stdout'], Buffer.from('other')), { code: 'StoreEntryError' });
  assert.throws(() => folder.removeFile(...RUN, 'stdout'), { message: /of another user/ });
  assert.throws(() => folder.make(...RUN, 'more'), { code: 'StoreEntryError' });
  folder.removeAll('F', RUN[1] ?? '');
  assert.equal(folder.isOwn('F', RUN[1] ?? ''), false);
  assert.equal(folder.read(...RUN, 'stdout')?.toString(), 'text');
});

test('users of one store share the folders of a flow', { skip }, (t) => {
  const store = scratchFolder(t);
  const folder = new SideFolder(store, 'oxbow-live');
  folder.make('F', 'run of mine');
  becomeAnother(t);
  // Its maker would be another user here, so that only the way to it is looked at.
  assert.equal(folder.isOwn('F'), true);
  assert.equal(folder.isOwn('F', 'run of mine'), false);
  t.mock.restoreAll();
  folder.make('F', 'another run', 'start');
  assert.equal(folder.isOwn('F', 'another run', 'start'), true);
});

test('maintenance leaves what another user left, and says so where it would have to go on', { skip }, (t) => {
  const repository = scratchRepository(t);
  const { path } = repository;
  writeRuns(repository, plainRuns(3));
  Heartbeat.start(path, 'F/20260101-000000-00000').stop({ isRecorded: false });
  const live = join(path, 'oxbow-live/F/20260101-000000-00000/.heartbeat');
  mkdirSync(join(path, 'oxbow-withdrawn/pack'), { recursive: true });
  mkdirSync(join(path, 'oxbow/spin-code/of-abcdef'), { recursive: true });
  becomeAnother(t);
  assert.throws(() => maintain(repository), { code: 'StoreEntryError' });
  assert.throws(() => gc(repository, { keepLast: 1 }, { grace: 0 }), {
    code: 'StoreEntryError',
    message: /oxbow-withdrawn" is of another user.* Let that user run `flow gc`/,
  });
  assert.ok(existsSync(live));
  t.mock.restoreAll();
  gc(repository, { keepLast: 1 }, { grace: 0 });
  assert.deepEqual([existsSync(live), existsSync(join(path, 'oxbow-withdrawn'))], [false, false]);
});

test('a folder that is a link is not there for a reader, and told to a writer', (t) => {
  const store = scratchFolder(t);
  mkdirSync(join(store, 'elsewhere', 'F'), { recursive: true });
  writeFileSync(join(store, 'elsewhere', 'F', 'file'), 'text');
  symlinkSync('elsewhere', join(store, 'oxbow-live'));
  const folder = new SideFolder(store, 'oxbow-live');
  assert.deepEqual([folder.folders(), folder.files('F'), folder.read('F', 'file')], [[], [], undefined]);
  assert.throws(() => folder.make('F'), {
    code: 'StoreEntryError',
    message: /oxbow-live" is a symbolic link/,
  });
  assert.throws(() => closeSync(folder.openOwn(['F', 'file'])), { code: 'StoreEntryError' });
  assert.throws(() => folder.removeAll('F'), { code: 'StoreEntryError' });
});
