import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ObjectId } from '../ids.ts';
import { IllegalObjectError, MalformedObjectError } from './errors.ts';
import { packObject } from './packed-object.ts';
import { damages, fsck, git, objectIds, scratchRepository } from './scratch.ts';
import { decodeTree, encodeTree, type TreeEntry, type TreeMode } from './tree.ts';
import { brokenRule } from './tree-name.ts';

const id = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391' as ObjectId;
const letters = fc.constantFrom('a', 'b', '.', '-', '0', '/'.replace('/', '!'), '~', 'é', '￿', '😀', 'Z');
const names = fc
  .string({ unit: letters, minLength: 1, maxLength: 6 })
  .filter((name) => brokenRule(name) === undefined);
const modes = fc.constantFrom<TreeMode>('100644', '100755', '120000', '40000', '160000');
const trees = fc.uniqueArray(
  fc.record({ mode: modes, name: names, id: objectIds }, { noNullPrototype: true }),
  {
    selector: (entry) => entry.name,
    maxLength: 20,
  },
);

const file = (name: string, mode: TreeMode = '100644'): TreeEntry => ({ mode, name, id });

test('property: a tree comes back as it was, in git’s order, whatever order it was given in', () => {
  fc.assert(
    fc.property(trees, (entries) => {
      const body = encodeTree(entries);
      assert.deepEqual(encodeTree(entries.toReversed()), body);
      const byName = (a: TreeEntry, b: TreeEntry) => (a.name < b.name ? -1 : 1);
      assert.deepEqual(decodeTree(body).toSorted(byName), entries.toSorted(byName));
      assert.deepEqual(encodeTree(decodeTree(body)), body);
    }),
  );
});

test('property: native git makes the same bytes', { timeout: 60_000 }, (t) => {
  const { path } = scratchRepository(t);
  fc.assert(
    fc.property(trees, (entries) => {
      const kind = { '40000': 'tree', '160000': 'commit' } as Partial<Record<TreeMode, string>>;
      const lines = entries.map(
        (e) => `${e.mode.padStart(6, '0')} ${kind[e.mode] ?? 'blob'} ${e.id}\t${e.name}\0`,
      );
      const made = git(path, ['mktree', '-z', '--missing'], lines.join('')).trim();
      assert.equal(packObject('tree', encodeTree(entries)).id, made);
    }),
    { numRuns: 40 },
  );
});

test('a folder sorts as if its name ended in a slash', () => {
  const sorted = decodeTree(encodeTree([file('a.b'), file('a', '40000'), file('a-b'), file('a0')]));
  assert.deepEqual(
    sorted.map((entry) => entry.name),
    ['a-b', 'a.b', 'a', 'a0'],
  );
});

test('names sort by their UTF-8 bytes, not by UTF-16 units', () => {
  const sorted = decodeTree(encodeTree([file('😀'), file('\uff5e')]));
  assert.deepEqual(
    sorted.map((entry) => entry.name),
    ['\uff5e', '😀'],
  );
});

test('illegal names are refused', () => {
  const illegal = [
    '',
    '.',
    '..',
    'a/b',
    'a\0',
    '.git',
    '.GIT',
    'git~1',
    '.git. ',
    '.git::$DATA',
    '.g\u200cit',
    'a\\.git',
    '.gitmodules',
    '\ud800',
    'x'.repeat(1001),
  ];
  for (const name of illegal) assert.throws(() => encodeTree([file(name)]), IllegalObjectError, name);
});

test('a name may occur once, also when one is a folder sorted elsewhere', () => {
  assert.throws(() => encodeTree([file('a'), file('a')]), IllegalObjectError);
  assert.throws(
    () => encodeTree([file('a'), file('a.b'), file('a', '40000')]),
    /"a" cannot be stored in git: it is given twice/,
  );
});

test('the null id and unknown modes are refused', () => {
  assert.throws(() => encodeTree([{ ...file('a'), id: '0'.repeat(40) as ObjectId }]), IllegalObjectError);
  assert.throws(() => encodeTree([{ ...file('a'), mode: '100664' as TreeMode }]), IllegalObjectError);
});

test('every name we allow passes git fsck --strict', (t) => {
  const repository = scratchRepository(t);
  const legal = [
    '.gitignore',
    '.gitattributes',
    '.gitx',
    'git',
    'git~2',
    '..a',
    ' ',
    'a b',
    '"',
    '~',
    'a\\b',
    'CON',
    'x'.repeat(1000),
    'é',
    '\n',
    'e\u0301',
    '.git\u00e9',
  ];
  const odd = fc.array(
    fc.constantFrom('.git', 'GIT~1', '.', ' ', ':', '\\', '\u200c', '\n', '\ufeff', 'x', 'modules'),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const sampled = fc.sample(odd, 2000).map((parts) => parts.join(''));
  const allowed = [...new Set([...legal, ...sampled])].filter((name) => brokenRule(name) === undefined);
  assert.ok(legal.every((name) => allowed.includes(name)) && allowed.length > 200);
  const blob = packObject('blob', Buffer.from(''));
  const tree = packObject('tree', encodeTree(allowed.map((name) => ({ ...file(name), id: blob.id }))));
  repository.writePack([blob, tree], { sync: false });
  assert.equal(fsck(repository.path), '');
});

test('property: a damaged tree is refused, or read as another legal tree', () => {
  fc.assert(
    fc.property(trees, damages, (entries, damage) => {
      const body = damage(encodeTree(entries));
      try {
        assert.deepEqual(encodeTree(decodeTree(body)), body);
      } catch (error) {
        // A null id is damage that only writing refuses.
        assert.ok(
          error instanceof MalformedObjectError || error instanceof IllegalObjectError,
          String(error),
        );
      }
    }),
    { numRuns: 1000 },
  );
});

test('entries out of order, repeated, cut short or not UTF-8 are refused', () => {
  const a = encodeTree([file('a')]);
  const b = encodeTree([file('b')]);
  const latin = Buffer.from(a);
  latin[7] = 0xe9;
  for (const body of [Buffer.concat([b, a]), Buffer.concat([a, a]), a.subarray(0, -1), latin]) {
    assert.throws(() => decodeTree(body), MalformedObjectError);
  }
});
