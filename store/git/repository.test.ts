import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ObjectId } from '../ids.ts';
import { ObjectCorruptError, ObjectMissingError, ObjectTypeError } from './errors.ts';
import { packObject } from './packed-object.ts';
import { Repository } from './repository.ts';
import { damages, git, scratchRepository, snapshot } from './scratch.ts';

const absent = '1234567890'.repeat(4) as ObjectId;

test('an object is read from memory, from a pack and from a file of its own', (t) => {
  const repository = scratchRepository(t);
  const held = packObject('blob', Buffer.from('held'));
  repository.hold(held);
  const { objects, blobs } = snapshot(['packed']);
  repository.writePack(objects, { sync: false });
  const loose = repository.writeLoose('blob', Buffer.from('loose'));
  const texts = [held.id, blobs[0], loose].map((id) => repository.blob(id as ObjectId).toString());
  assert.deepEqual(texts, ['held', 'packed', 'loose']);
  repository.release([held.id]);
  assert.deepEqual(
    [held.id, loose].map((id) => repository.has(id)),
    [false, true],
  );
});

test('trees and commits are decoded, and asking for the wrong kind says so', (t) => {
  const repository = scratchRepository(t);
  const { objects, tree, commit, blobs } = snapshot(['a', 'b'], 'subject\n');
  repository.writePack(objects, { sync: false });
  assert.deepEqual(
    repository.tree(tree).map((entry) => entry.id),
    blobs,
  );
  assert.equal(repository.commit(commit).message, 'subject\n');
  assert.equal(repository.commit(commit).tree, tree);
  assert.throws(() => repository.blob(tree), ObjectTypeError);
  assert.throws(() => repository.tree(commit), ObjectTypeError);
  assert.throws(() => repository.commit(blobs[0] as ObjectId), /is a blob, not a commit/);
});

test('an object that is nowhere is an ObjectMissingError', (t) => {
  const repository = scratchRepository(t);
  assert.throws(() => repository.read(absent), ObjectMissingError);
  assert.throws(() => repository.packed(absent), ObjectMissingError);
  assert.equal(repository.has(absent), false);
});

test('what another process packs is found, and so is what it removes and writes anew', (t) => {
  const writer = scratchRepository(t);
  const reader = Repository.open(writer.path);
  const { objects, blobs, commit } = snapshot(['late']);
  const [blob] = blobs as [ObjectId];
  assert.equal(reader.has(blob), false);
  writer.writePack(objects, { sync: false });
  assert.equal(reader.blob(blob).toString(), 'late');
  writer.refs.update('refs/heads/main', { to: commit });
  const theirs = git(writer.path, ['hash-object', '-w', '--stdin'], 'theirs').trim() as ObjectId;
  assert.equal(reader.blob(theirs).toString(), 'theirs');
  reader.close();
});

test('objects can be found by any prefix, wherever they are', (t) => {
  const repository = scratchRepository(t);
  const { objects } = snapshot(Array.from({ length: 100 }, (_, i) => `${i}`));
  repository.writePack(objects.slice(0, 60), { sync: false });
  for (const object of objects.slice(50, 80)) repository.hold(object);
  for (let i = 80; i < 100; i++) repository.writeLoose('blob', Buffer.from(`${i}`));
  const ids = objects
    .slice(0, 100)
    .map((object) => object.id)
    .sort();
  assert.deepEqual(repository.expand(''), ids);
  for (const prefix of [
    '0',
    'a',
    ids[7]?.slice(0, 5) ?? '',
    ids[8] ?? '',
    ids[9]?.toUpperCase() ?? '',
    'xyz',
    `${ids[0]}0`,
  ]) {
    assert.deepEqual(
      repository.expand(prefix),
      ids.filter((id) => id.startsWith(prefix.toLowerCase())),
    );
  }
});

test('a copy that is damaged does not hide one that is whole', (t) => {
  const repository = scratchRepository(t);
  const { objects, blobs } = snapshot(['precious content of a blob']);
  const [blob] = blobs as [ObjectId];
  const written = repository.writePack(objects, { sync: false });
  const bytes = readFileSync(written?.path ?? '');
  bytes.write('PRECIOUS', bytes.indexOf('precious'));
  replace(written?.path ?? '', bytes);
  const reader = Repository.open(repository.path);
  assert.throws(() => reader.read(blob), ObjectCorruptError);
  reader.writeLoose('blob', Buffer.from('precious content of a blob'));
  assert.equal(reader.blob(blob).toString(), 'precious content of a blob');
  reader.close();
});

test('a damaged or lonely index is blamed when an object is not found, and does not hide other packs', (t) => {
  const repository = scratchRepository(t);
  const first = repository.writePack(snapshot(['one']).objects, { sync: false });
  const other = snapshot(['two']);
  repository.writePack(other.objects, { sync: false });
  const index = first?.path.replace('.pack', '.idx') ?? '';
  const bytes = readFileSync(index);
  const lost = snapshot(['one']).blobs[0] as ObjectId;
  for (const damaged of [bytes.subarray(0, 100), Buffer.from(bytes).fill(7, 1032, 1060)]) {
    replace(index, damaged);
    const reader = Repository.open(repository.path);
    assert.throws(
      () => reader.read(lost),
      (error) => error instanceof ObjectCorruptError && error.where.includes('.idx'),
    );
    assert.equal(reader.blob(other.blobs[0] as ObjectId).toString(), 'two');
    reader.close();
  }
  replace(index, bytes);
  rmSync(first?.path ?? '');
  const reader = Repository.open(repository.path);
  assert.throws(() => reader.read(lost), /is there without its pack/);
  reader.close();
});

function replace(path: string, bytes: Uint8Array): void {
  rmSync(path);
  writeFileSync(path, bytes);
}

test('property: whatever happens to a file, an object reads as it was or as an ObjectCorruptError', (t) => {
  const repository = scratchRepository(t);
  const texts = Array.from({ length: 20 }, (_, i) => `${'common line\n'.repeat(20)}${i}\n`);
  const { objects, blobs, commit } = snapshot(texts);
  repository.writePack(objects, { sync: false });
  repository.refs.update('refs/heads/main', { to: commit });
  git(repository.path, ['repack', '-adfq']);
  const files = readdirSync(repository.packFolder).filter((name) => /\.(?:pack|idx)$/.test(name));
  fc.assert(
    fc.property(fc.constantFrom(...files), damages, (name, damage) => {
      const path = join(repository.packFolder, name);
      const whole = readFileSync(path);
      replace(path, damage(whole));
      const reader = Repository.open(repository.path);
      for (const [i, id] of blobs.entries()) {
        try {
          assert.equal(reader.blob(id).toString(), texts[i]);
        } catch (error) {
          assert.ok(error instanceof ObjectCorruptError, String(error));
        }
      }
      reader.close();
      replace(path, whole);
    }),
    { numRuns: 150 },
  );
});

test('verification can be left out', (t) => {
  const repository = scratchRepository(t);
  const { objects, blobs } = snapshot(['x']);
  repository.writePack(objects, { sync: false });
  assert.equal(repository.read(blobs[0] as ObjectId, { verify: false }).body.toString(), 'x');
});

test('packs merge without compressing anything anew', (t) => {
  const repository = scratchRepository(t);
  const { objects } = snapshot(['a', 'b'.repeat(5000)]);
  for (const object of objects) repository.writePack([object], { sync: false });
  const copies = objects.map(({ id }) => repository.packed(id));
  assert.deepEqual(
    copies.map((copy) => Buffer.from(copy.deflated)),
    objects.map((object) => Buffer.from(object.deflated)),
  );
  assert.deepEqual(
    copies.map(({ id, type, size }) => [id, type, size]),
    objects.map(({ id, type, size }) => [id, type, size]),
  );
  const loose = repository.writeLoose('blob', Buffer.from('loose'));
  assert.equal(repository.packed(loose).size, 5);
});

test('a repository works with its files closed in between', (t) => {
  const repository = scratchRepository(t);
  const { objects, blobs } = snapshot(['x']);
  repository.writePack(objects, { sync: false });
  for (let i = 0; i < 3; i++) {
    assert.equal(repository.blob(blobs[0] as ObjectId).toString(), 'x');
    repository.close();
  }
});

test('more packs than may be open at once are read, with a bounded number of open files', (t) => {
  const repository = scratchRepository(t);
  const ids = Array.from({ length: 150 }, (_, i) => {
    const object = packObject('blob', Buffer.from(`pack ${i}`));
    repository.writePack([object], { sync: false });
    return object.id;
  });
  for (const [i, id] of [...ids.entries(), ...[...ids.entries()].reverse()])
    assert.equal(repository.blob(id).toString(), `pack ${i}`);
  if (!existsSync('/proc/self/fd')) return;
  const open = readdirSync('/proc/self/fd').length;
  assert.ok(open < 120, `${open} files are open`);
});
