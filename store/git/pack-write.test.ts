import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writePack } from './pack-write.ts';
import { packObject } from './packed-object.ts';
import { fsck, git, scratchFolder, scratchRepository, snapshot } from './scratch.ts';

test('native git verifies what is written', (t) => {
  const repository = scratchRepository(t);
  const { objects, commit } = snapshot(Array.from({ length: 500 }, (_, i) => `${i} `.repeat(i)));
  const written = repository.writePack(objects, { sync: true });
  assert.ok(written);
  assert.equal(written.objects, 502);
  assert.equal(written.bytes, statSync(written.path).size);
  assert.match(git(repository.path, ['verify-pack', '-v', written.path]), /: ok\n$/);
  repository.refs.update('refs/heads/main', { to: commit, from: null });
  assert.equal(fsck(repository.path), '');
});

test('a pack larger than the buffer, with objects larger than the buffer, is whole', (t) => {
  const repository = scratchRepository(t);
  const sizes = [100, 3_000_000, 1_200_000, 5_000_000, 12, 4_194_304 - 64, 40];
  const bodies = sizes.map((size) => randomBytes(size));
  const objects = bodies.map((body) => packObject('blob', body));
  const written = repository.writePack(objects, { sync: false });
  assert.ok(written);
  assert.match(git(repository.path, ['verify-pack', '-v', written.path]), /: ok\n$/);
  for (const [i, { id }] of objects.entries())
    assert.ok(repository.blob(id).equals(bodies[i] ?? Buffer.alloc(0)));
});

test('objects come from any iterable, repeated ones once, and the order is kept', (t) => {
  const repository = scratchRepository(t);
  const [a, b] = [packObject('blob', Buffer.from('a')), packObject('blob', Buffer.from('b'))];
  const written = repository.writePack(
    (function* () {
      yield* [b, a, b, a];
    })(),
    { sync: false },
  );
  assert.equal(written?.objects, 2);
  const lines = git(repository.path, ['verify-pack', '-v', written?.path ?? '']).split('\n');
  assert.ok(lines[0]?.startsWith(b.id) && lines[1]?.startsWith(a.id));
});

test('nothing to write leaves nothing behind', (t) => {
  const folder = scratchFolder(t);
  assert.equal(writePack(folder, [], { sync: true }), undefined);
  assert.deepEqual(readdirSync(folder), []);
});

test('the same objects make the same pack, which may be written twice', (t) => {
  const folder = scratchFolder(t);
  const { objects } = snapshot(['x']);
  const first = writePack(folder, objects, { sync: false });
  const second = writePack(folder, objects, { sync: false });
  assert.deepEqual(first, second);
  assert.equal(readdirSync(folder).length, 2);
});

test('a keep file carries its text and makes git leave the pack alone', (t) => {
  const repository = scratchRepository(t);
  const { objects } = snapshot(['kept']);
  const written = repository.writePack(objects, { sync: true, keep: 'run F/1\n' });
  assert.equal(readFileSync(written?.path.replace('.pack', '.keep') ?? '', 'utf8'), 'run F/1\n');
  git(repository.path, ['gc', '--prune=now', '--quiet']);
  for (const { id } of objects) assert.equal(git(repository.path, ['cat-file', '-e', id]), '');
});

test('the keep files of one writer are one synced file, and each goes alone', (t) => {
  const repository = scratchRepository(t);
  const keeps = ['a', 'b', 'c'].map((text) => {
    const pack = repository.writePack(snapshot([text]).objects, { sync: 'contents', keep: 'run F/1\n' });
    return pack?.path.replace('.pack', '.keep') ?? '';
  });
  assert.equal(new Set(keeps.map((keep) => statSync(keep).ino)).size, 1);
  rmSync(keeps[0] ?? '');
  for (const keep of keeps.slice(1)) assert.equal(readFileSync(keep, 'utf8'), 'run F/1\n');
  const other = repository.writePack(snapshot(['d']).objects, { sync: true, keep: 'run F/2\n' });
  assert.equal(readFileSync(other?.path.replace('.pack', '.keep') ?? '', 'utf8'), 'run F/2\n');
});

test('a source that fails leaves nothing behind', (t) => {
  const folder = scratchFolder(t);
  const failing = (function* () {
    yield packObject('blob', Buffer.alloc(10));
    throw new Error('worker died');
  })();
  assert.throws(() => writePack(folder, failing, { sync: true, keep: 'x' }), /worker died/);
  assert.deepEqual(readdirSync(folder), []);
});

test('a folder that is not there is the file system’s own error', (t) => {
  assert.throws(() => writePack(join(scratchFolder(t), 'no'), snapshot(['a']).objects, { sync: false }), {
    code: 'ENOENT',
  });
});

test('git prune does not take the temporary file of a writer', (t) => {
  const repository = scratchRepository(t);
  const { objects } = snapshot(['slow']);
  const slow = (function* () {
    yield* objects;
    git(repository.path, ['gc', '--prune=now', '--quiet']);
    git(repository.path, ['repack', '-adq']);
  })();
  const written = repository.writePack(slow, { sync: false });
  assert.ok(written && existsSync(written.path));
  assert.equal(repository.blob(objects[0]?.id ?? (() => assert.fail())()).toString(), 'slow');
});

test('packs are read-only files', (t) => {
  const written = scratchRepository(t).writePack(snapshot(['a']).objects, { sync: false });
  assert.equal(statSync(written?.path ?? '').mode & 0o222, 0);
  chmodSync(written?.path ?? '', 0o644);
});
