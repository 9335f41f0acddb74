import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ObjectId } from '../ids.ts';
import { type Commit, decodeCommit, encodeCommit, type Signature } from './commit.ts';
import { IllegalObjectError, MalformedObjectError } from './errors.ts';
import { packObject } from './packed-object.ts';
import { damages, fsck, gitBytes, objectIds, SOMEBODY, scratchRepository } from './scratch.ts';

const word = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replace(/[<>\0\n]/g, ''));
const signatures: fc.Arbitrary<Signature> = fc.record(
  {
    name: word.map((text) => text.trim() || 'x'),
    email: word,
    seconds: fc.integer({ min: 0, max: 2 ** 40 }),
    zone: fc.constantFrom('+0000', '-0830', '+1400'),
  },
  { noNullPrototype: true },
);
const commits: fc.Arbitrary<Commit> = fc.record(
  {
    tree: objectIds,
    parents: fc.array(objectIds, { maxLength: 3 }),
    author: signatures,
    committer: signatures,
    message: fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  },
  { noNullPrototype: true },
);

const headers = `tree ${'1'.repeat(40)}
parent ${'2'.repeat(40)}
author Ada L. <ada@example.org> 1700000000 +0100
committer Bob <> 1700000001 -0330
`;

test('property: a commit comes back as it was', () => {
  fc.assert(fc.property(commits, (commit) => assert.deepEqual(decodeCommit(encodeCommit(commit)), commit)));
});

test('property: git fsck --strict accepts every commit we write', (t) => {
  const repository = scratchRepository(t);
  const tree = packObject('tree', Buffer.alloc(0));
  const made = fc.sample(commits, 100).map((commit) => ({ ...commit, tree: tree.id, parents: [] }));
  repository.writePack([tree, ...made.map((commit) => packObject('commit', encodeCommit(commit)))], {
    sync: false,
  });
  assert.equal(fsck(repository.path), '');
});

test('headers this store does not know are passed over', () => {
  const signed = `${headers}mergetag object ${'3'.repeat(40)}
 type commit
 tag v1
 tagger T <t@example.org> 1 +0000
 
 author not a header
gpgsig -----BEGIN PGP SIGNATURE-----
 
 iQ==
 -----END PGP SIGNATURE-----
strange

subject

body
`;
  const commit = decodeCommit(Buffer.from(signed));
  assert.equal(commit.tree, '1'.repeat(40));
  assert.deepEqual(commit.parents, ['2'.repeat(40)]);
  assert.deepEqual(commit.author, {
    name: 'Ada L.',
    email: 'ada@example.org',
    seconds: 1700000000,
    zone: '+0100',
  });
  assert.deepEqual(commit.committer, { name: 'Bob', email: '', seconds: 1700000001, zone: '-0330' });
  assert.equal(commit.message, 'subject\n\nbody\n');
});

test('the encoding header decides how a message is read', () => {
  const latin = Buffer.from(`${headers}encoding ISO-8859-1\n\ncaf\xe9\n`, 'latin1');
  assert.equal(decodeCommit(latin).message, 'café\n');
  const unknown = Buffer.from(`${headers}encoding X-NOBODY\n\nplain\n`);
  assert.equal(decodeCommit(unknown).message, 'plain\n');
});

test('line ends other than LF do not end a header', () => {
  const odd = { ...SOMEBODY, name: 'a\rencoding x\u2028b' };
  const commit = {
    tree: '1'.repeat(40) as ObjectId,
    parents: [],
    author: odd,
    committer: odd,
    message: 'é\r\n',
  };
  assert.deepEqual(decodeCommit(encodeCommit(commit)), commit);
});

test('a commit without a message is read', () => {
  assert.equal(decodeCommit(Buffer.from(`${headers}\n`)).message, '');
  assert.equal(decodeCommit(Buffer.from(headers)).message, '');
});

test('a commit made by native git is read', (t) => {
  const { path } = scratchRepository(t);
  const tree = gitBytes(path, ['mktree'], '').toString().trim() as ObjectId;
  const name = gitBytes(path, ['commit-tree', tree, '-m', 'hello']).toString().trim();
  const commit = decodeCommit(gitBytes(path, ['cat-file', 'commit', name]));
  assert.equal(commit.tree, tree);
  assert.equal(commit.message, 'hello\n');
  assert.equal(commit.author.email, 'a@example.org');
});

test('what git would refuse is not written', () => {
  const good: Commit = {
    tree: '1'.repeat(40) as ObjectId,
    parents: [],
    author: SOMEBODY,
    committer: SOMEBODY,
    message: 'm',
  };
  const bad: Partial<Commit>[] = [
    { message: 'a\0b' },
    { author: { ...SOMEBODY, name: 'a<b' } },
    { author: { ...SOMEBODY, name: '' } },
    { author: { ...SOMEBODY, name: 'a\nparent x' } },
    { committer: { ...SOMEBODY, email: 'a>b' } },
    { committer: { ...SOMEBODY, seconds: -1 } },
    { committer: { ...SOMEBODY, seconds: 1.5 } },
    { committer: { ...SOMEBODY, zone: 'UTC' } },
  ];
  for (const change of bad) assert.throws(() => encodeCommit({ ...good, ...change }), IllegalObjectError);
});

test('property: a damaged commit is refused or read as some commit, and nothing else is thrown', () => {
  fc.assert(
    fc.property(commits, damages, (commit, damage) => {
      try {
        decodeCommit(damage(encodeCommit(commit)));
      } catch (error) {
        assert.ok(error instanceof MalformedObjectError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
