// The store beside the git of everybody else: whatever they do to it, and whatever of it they read.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import isomorphic from 'isomorphic-git';
import type { ObjectId } from '../ids.ts';
import { encodeCommit } from './commit.ts';
import { packObject } from './packed-object.ts';
import { Repository } from './repository.ts';
import { fsck, git, type Snapshot, SOMEBODY, scratchFolder, scratchRepository, snapshot } from './scratch.ts';
import { encodeTree } from './tree.ts';

const texts = Array.from({ length: 60 }, (_, i) => `{\n${'  "key": "value",\n'.repeat(30)}  "i": ${i}\n}\n`);

function filled(t: Parameters<typeof scratchRepository>[0]): { repository: Repository; made: Snapshot } {
  const repository = scratchRepository(t);
  const made = snapshot([...texts, Buffer.alloc(600_000, 7)]);
  repository.writePack(made.objects, { sync: false });
  repository.refs.update('refs/runs/F/1', { to: made.commit, from: null });
  return { repository, made };
}

function assertWhole(repository: Repository, made: Snapshot): void {
  for (const [i, id] of made.blobs.entries()) {
    if (i < texts.length) assert.equal(repository.blob(id).toString(), texts[i]);
    else assert.equal(repository.blob(id).length, 600_000);
  }
  assert.equal(repository.commit(made.commit).tree, made.tree);
  assert.deepEqual(
    repository
      .tree(made.tree)
      .map((entry) => entry.id)
      .toSorted(),
    made.blobs.toSorted(),
  );
  for (const { id } of made.objects) assert.equal(repository.packed(id).id, id);
}

for (const command of [
  ['gc', '--aggressive', '--prune=now', '--quiet'],
  ['repack', '-adq'],
  ['repack', '-Adfq', '--depth=100', '--window=100'],
  ['repack', '-adq', '--write-midx', '--write-bitmap-index'],
  ['pack-refs', '--all'],
]) {
  test(`git ${command.join(' ')} loses nothing, for old and new readers, and writing goes on`, (t) => {
    const { repository, made } = filled(t);
    repository.writeLoose('blob', Buffer.from(texts[0] ?? ''));
    const idle = Repository.open(repository.path);
    const warm = Repository.open(repository.path);
    assertWhole(warm, made);
    git(repository.path, command);
    for (const reader of [repository, idle, warm, Repository.open(repository.path)])
      assertWhole(reader, made);
    const more = snapshot(['more']);
    warm.writePack(more.objects, { sync: true });
    warm.refs.update('refs/runs/F/2', { to: more.commit, from: null });
    git(repository.path, command);
    assert.equal(idle.blob(more.blobs[0] as ObjectId).toString(), 'more');
    assertWhole(idle, made);
    assert.equal(fsck(repository.path), '');
    for (const reader of [idle, warm]) reader.close();
  });
}

test('native git reads all of it', (t) => {
  const { repository, made } = filled(t);
  assert.equal(
    git(repository.path, ['log', '--format=%an <%ae> %at %s', 'refs/runs/F/1']),
    'Some Body <s@example.org> 1700000000 snapshot\n',
  );
  for (const [i, text] of texts.entries())
    assert.equal(git(repository.path, ['show', `${made.commit}:f${i}`]), text);
  assert.equal(fsck(repository.path), '');
});

test('isomorphic-git reads all of it', async (t) => {
  const { repository, made } = filled(t);
  const loose = repository.writeLoose('blob', Buffer.from('a loose one'));
  const at = { fs, gitdir: repository.path };
  assert.equal(await isomorphic.resolveRef({ ...at, ref: 'refs/runs/F/1' }), made.commit);
  const { commit } = await isomorphic.readCommit({ ...at, oid: made.commit });
  assert.deepEqual(
    [commit.tree, commit.message, commit.author.email],
    [made.tree, 'snapshot\n', SOMEBODY.email],
  );
  const { tree } = await isomorphic.readTree({ ...at, oid: made.tree });
  assert.deepEqual(
    tree.map((entry) => [entry.path, entry.oid]),
    repository.tree(made.tree).map((entry) => [entry.name, entry.id]),
  );
  for (const [i, oid] of made.blobs.slice(0, texts.length).entries()) {
    const { blob } = await isomorphic.readBlob({ ...at, oid });
    assert.equal(Buffer.from(blob).toString(), texts[i]);
  }
  assert.equal(
    Buffer.from((await isomorphic.readBlob({ ...at, oid: loose })).blob).toString(),
    'a loose one',
  );
});

test('what isomorphic-git writes is read', async (t) => {
  const { repository } = filled(t);
  const at = { fs, gitdir: repository.path };
  const oid = await isomorphic.writeBlob({ ...at, blob: Buffer.from('theirs') });
  const tree = await isomorphic.writeTree({
    ...at,
    tree: [{ mode: '100644', path: 'f', oid, type: 'blob' }],
  });
  const author = { name: 'I', email: 'i@example.org', timestamp: 1, timezoneOffset: -60 };
  const commit = await isomorphic.commit({ ...at, tree, author, message: 'm', ref: 'refs/heads/theirs' });
  assert.equal(repository.refs.read('refs/heads/theirs'), commit);
  assert.equal(repository.commit(commit as ObjectId).author.zone, '+0100');
  assert.equal(repository.blob(repository.tree(tree as ObjectId)[0]?.id as ObjectId).toString(), 'theirs');
});

test('a clone, a mirror, a fetch and a shared clone open', (t) => {
  const { repository, made } = filled(t);
  repository.refs.update('refs/heads/main', { to: made.commit });
  const folder = scratchFolder(t);
  const none = join(folder, 'none');
  for (const kind of ['--bare', '--mirror', '--no-local', '--shared', '--no-checkout']) {
    const path = join(folder, `clone${kind}`);
    git(none, ['clone', '-q', kind, repository.path, path]);
    const clone = Repository.open(path);
    assertWhole(clone, made);
    assert.equal(clone.refs.read('HEAD'), made.commit);
    clone.close();
  }
  const fetched = Repository.create(join(folder, 'fetched'));
  git(fetched.path, ['fetch', '-q', repository.path, 'refs/runs/*:refs/runs/*']);
  assert.deepEqual(fetched.refs.names('refs/runs/'), ['refs/runs/F/1']);
  assertWhole(fetched, made);
  assert.equal(readdirSync(fetched.packFolder).filter((name) => name.endsWith('.pack')).length, 1);
  fetched.close();
});

test('pushing both ways works', (t) => {
  const { repository, made } = filled(t);
  const other = Repository.create(join(scratchFolder(t), 'other'));
  git(repository.path, ['push', '-q', other.path, 'refs/runs/F/1']);
  assertWhole(other, made);
  assert.equal(other.refs.read('refs/runs/F/1'), made.commit);
  assert.equal(fsck(other.path), '');
  other.close();
});

test('objects borrowed from another folder are read, relative paths and circles included', (t) => {
  const { repository, made } = filled(t);
  const folder = join(repository.path, '..');
  const borrower = Repository.create(join(folder, 'borrower'));
  mkdirSync(join(borrower.path, 'objects', 'info'), { recursive: true });
  writeFileSync(join(borrower.path, 'objects', 'info', 'alternates'), '# a comment\n../../store/objects\n');
  appendFileSync(
    join(repository.path, 'objects', 'info', 'alternates'),
    `${join(borrower.path, 'objects')}\n`,
  );
  const reader = Repository.open(borrower.path);
  assertWhole(reader, made);
  assert.ok(reader.expand('').includes(made.commit));
  reader.close();
});

test('a long history stays readable for git', (t) => {
  const repository = scratchRepository(t);
  const objects = [packObject('blob', Buffer.from('leaf'))];
  let tree = packObject(
    'tree',
    encodeTree([{ mode: '100644', name: 'leaf', id: objects[0]?.id as ObjectId }]),
  );
  let parents: ObjectId[] = [];
  for (let i = 0; i < 1000; i++) {
    const body = encodeCommit({
      tree: tree.id,
      parents,
      author: SOMEBODY,
      committer: SOMEBODY,
      message: `${i}\n`,
    });
    const commit = packObject('commit', body);
    objects.push(tree, commit);
    parents = [commit.id];
    tree = packObject(
      'tree',
      encodeTree([{ mode: '100644', name: `leaf${i}`, id: objects[0]?.id as ObjectId }]),
    );
  }
  repository.writePack(objects, { sync: false });
  repository.refs.update('refs/heads/main', { to: parents[0] as ObjectId });
  assert.equal(git(repository.path, ['rev-list', '--count', 'main']).trim(), '1000');
  assert.equal(fsck(repository.path), '');
  assert.ok(existsSync(join(repository.path, 'refs/heads/main')));
});
