import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isOwnCode, isOwnFile, type SealedCode, sealCode } from './code-seal.ts';

/** A home of its own for the user's key, and a flow file. */
function rig(t: TestContext): { readonly state: string; readonly key: string; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-seal-'));
  const before = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = folder;
  t.after(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    rmSync(folder, { recursive: true, force: true });
  });
  const file = join(folder, 'flow.ts');
  writeFileSync(file, 'code');
  return { state: folder, key: join(folder, 'oxbow', 'run-key'), file };
}

const CODE: SealedCode = {
  ...{ flow: 'F', id: '20261122-104755-123k7', entry: 'flow.ts', class: 'F' },
  files: new Map([
    ['flow.ts', Buffer.from('code')],
    ['lib/a.ts', Buffer.from('more')],
  ]),
};

test('a seal fits the run, the code and the file it was made for, and nothing else', (t) => {
  const { file, state } = rig(t);
  const seal = sealCode(CODE, file);
  assert.ok(isOwnCode(CODE, seal));
  assert.ok(isOwnFile(CODE, file, seal));
  const reordered = { ...CODE, files: new Map([...CODE.files].reverse()) };
  assert.ok(isOwnCode(reordered, seal));
  const others: SealedCode[] = [
    { ...CODE, flow: 'G' },
    { ...CODE, id: '20261122-104755-123k8' },
    { ...CODE, entry: 'lib/a.ts' },
    { ...CODE, class: 'G' },
    { ...CODE, files: new Map([['flow.ts', Buffer.from('code')]]) },
    { ...CODE, files: new Map([...CODE.files, ['lib/a.ts', Buffer.from('evil')]]) },
    {
      ...CODE,
      files: new Map([
        ['flow.ts', Buffer.from('more')],
        ['lib/a.ts', Buffer.from('code')],
      ]),
    },
  ];
  for (const other of others) assert.equal(isOwnCode(other, seal) || isOwnFile(other, file, seal), false);
  const elsewhere = join(state, 'other.ts');
  writeFileSync(elsewhere, 'code');
  assert.equal(isOwnFile(CODE, elsewhere, seal), false);
  assert.equal(isOwnCode(CODE, undefined), false);
  assert.equal(isOwnCode(CODE, { code: '', file: '' }), false);
  assert.equal(isOwnCode(CODE, { code: seal?.file ?? '', file: seal?.code ?? '' }), false);
  symlinkSync(file, join(state, 'link.ts'));
  assert.ok(isOwnFile(CODE, join(state, 'link.ts'), seal), 'it is the file that counts');
});

test('the key is the user’s alone, and another user’s seal is none', (t) => {
  const { key, file } = rig(t);
  const seal = sealCode(CODE, file);
  assert.equal(statSync(key).mode & 0o777, 0o600);
  assert.deepEqual(sealCode(CODE, file), seal);
  writeFileSync(key, `${'0'.repeat(64)}\n`);
  assert.equal(isOwnCode(CODE, seal), false);
  assert.notDeepEqual(sealCode(CODE, file), seal);
});

test('a key that others could read or write, or that is a link, is not used', {
  skip: process.platform === 'win32',
}, (t) => {
  const { key, file, state } = rig(t);
  const seal = sealCode(CODE, file);
  chmodSync(key, 0o644);
  assert.deepEqual([sealCode(CODE, file), isOwnCode(CODE, seal)], [undefined, false]);
  const text = readFileSync(key);
  rmSync(key);
  writeFileSync(join(state, 'planted'), text, { mode: 0o600 });
  symlinkSync(join(state, 'planted'), key);
  assert.deepEqual([sealCode(CODE, file), isOwnCode(CODE, seal)], [undefined, false]);
  rmSync(key);
  writeFileSync(key, text, { mode: 0o600 });
  assert.ok(isOwnCode(CODE, seal));
  chmodSync(join(state, 'oxbow'), 0o777);
  assert.deepEqual([sealCode(CODE, file), isOwnCode(CODE, seal)], [undefined, false]);
});

test('without a place for a key a run goes unsealed', (t) => {
  const { file, state } = rig(t);
  process.env.XDG_STATE_HOME = join(file, 'not-a-folder');
  assert.equal(sealCode(CODE, file), undefined);
  process.env.XDG_STATE_HOME = state;
});
