import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import type { ObjectId } from '../ids.ts';
import { MalformedObjectError } from './errors.ts';
import { objectIdOf } from './object.ts';
import { encodeIndex, type IndexRow, PackIndex } from './pack-index.ts';
import { PackReader } from './pack-reader.ts';
import { damages, git, scratchFolder, scratchRepository, snapshot } from './scratch.ts';
import { deflate } from './zlib-stream.ts';

const raw = (id: string) => Buffer.from(id, 'hex');
const versions = Array.from(
  { length: 120 },
  (_, i) => `${'line of text\n'.repeat(40)}version ${i}\n${'tail\n'.repeat(i)}`,
);

// A pack whose entries are given byte for byte, with the index of what they are said to be.
function craft(folder: string, entries: readonly { id: string; bytes: Buffer }[]): PackReader {
  const rows: IndexRow[] = [];
  let pack = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  pack.writeUInt32BE(entries.length, 8);
  for (const { id, bytes } of entries) {
    rows.push({ id: id as ObjectId, offset: pack.length, crc: crc32(bytes) });
    pack = Buffer.concat([pack, bytes]);
  }
  const checksum = createHash('sha1').update(pack).digest();
  const path = join(folder, 'crafted.pack');
  writeFileSync(path, Buffer.concat([pack, checksum]));
  return new PackReader(path, new PackIndex(encodeIndex(rows, checksum)));
}

const entry = (type: number, body: Uint8Array | string, base = Buffer.alloc(0)) =>
  Buffer.concat([Buffer.from([(type << 4) | Buffer.byteLength(body)]), base, deflate(Buffer.from(body), 0)]);

for (const [kind, setting] of [
  ['offset', 'true'],
  ['id', 'false'],
] as const) {
  test(`packs in which git made ${kind} deltas read as the objects they are`, (t) => {
    const repository = scratchRepository(t);
    const { objects, commit, blobs } = snapshot(versions);
    repository.writePack(objects, { sync: false });
    repository.refs.update('refs/heads/main', { to: commit });
    git(repository.path, ['-c', `repack.useDeltaBaseOffset=${setting}`, 'repack', '-adfq', '--depth=30']);
    const listed = git(repository.path, ['verify-pack', '-v', `${onlyPack(repository.packFolder)}.pack`]);
    assert.match(listed, /chain length = [2-9]/);
    for (const [i, id] of blobs.entries()) assert.equal(repository.blob(id).toString(), versions[i]);
    for (const id of blobs.toReversed()) assert.equal(repository.packed(id).id, id);
  });
}

test('property: a damaged pack gives the right object or a MalformedObjectError', (t) => {
  const repository = scratchRepository(t);
  const { objects, commit, blobs } = snapshot(versions.slice(0, 12));
  repository.writePack(objects, { sync: false });
  repository.refs.update('refs/heads/main', { to: commit });
  git(repository.path, ['repack', '-adfq']);
  const base = onlyPack(repository.packFolder);
  const index = new PackIndex(readFileSync(`${base}.idx`));
  const whole = readFileSync(`${base}.pack`);
  const path = join(scratchFolder(t), 'damaged.pack');
  fc.assert(
    fc.property(damages, fc.constantFrom(...blobs), (damage, id) => {
      writeFileSync(path, damage(whole));
      let reader: PackReader | undefined;
      try {
        reader = new PackReader(path, index);
        const { type, body } = reader.read(index.offsetAt(index.find(raw(id))));
        // An offset delta may lead to another whole object of the pack: hashing the result is the caller's part.
        if (objectIdOf(type, body) === id) assert.equal(body.toString(), versions[blobs.indexOf(id)]);
        reader.readPacked(index.find(raw(id)));
      } catch (error) {
        assert.ok(error instanceof MalformedObjectError, String(error));
      } finally {
        reader?.close();
      }
    }),
    { numRuns: 400 },
  );
});

function onlyPack(folder: string): string {
  const [file, ...others] = readdirSync(folder).filter((name) => name.endsWith('.pack'));
  assert.ok(file !== undefined && others.length === 0);
  return join(folder, file.replace('.pack', ''));
}

test('deltas that are each other’s base are refused', (t) => {
  const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
  const delta = Buffer.from([1, 1, 0x90, 1]);
  const reader = craft(scratchFolder(t), [
    { id: a, bytes: entry(7, delta, raw(b)) },
    { id: b, bytes: entry(7, delta, raw(a)) },
  ]);
  assert.throws(() => reader.read(12), /chain of deltas is too long/);
  reader.close();
});

test('a base that is missing, itself, or before the pack is refused', (t) => {
  const folder = scratchFolder(t);
  const delta = Buffer.from([1, 1, 0x90, 1]);
  const bad = [
    entry(7, delta, raw('c'.repeat(40))),
    entry(6, delta, Buffer.from([0])),
    entry(6, delta, Buffer.from([100])),
  ];
  for (const bytes of bad) {
    const reader = craft(folder, [{ id: 'a'.repeat(40), bytes }]);
    assert.throws(() => reader.read(12), MalformedObjectError);
    reader.close();
  }
});

test('a delta of a delta keeps the kind of its base', (t) => {
  const reader = craft(scratchFolder(t), [
    { id: 'a'.repeat(40), bytes: entry(4, 'tag') },
    { id: 'b'.repeat(40), bytes: entry(7, Buffer.from([3, 4, 0x90, 3, 1, 115]), raw('a'.repeat(40))) },
    { id: 'c'.repeat(40), bytes: entry(7, Buffer.from([4, 2, 0x90, 2]), raw('b'.repeat(40))) },
  ]);
  const last = 12 + entry(4, 'tag').length + entry(7, Buffer.alloc(6), Buffer.alloc(20)).length;
  assert.deepEqual(reader.read(last), { type: 'tag', body: Buffer.from('ta') });
  reader.close();
});

test('what is returned may be changed without changing what others read', (t) => {
  const repository = scratchRepository(t);
  const { objects, commit, blobs } = snapshot(versions.slice(0, 20));
  repository.writePack(objects, { sync: false });
  repository.refs.update('refs/heads/main', { to: commit });
  git(repository.path, ['repack', '-adfq']);
  for (let round = 0; round < 3; round++) {
    for (const [i, id] of blobs.entries()) {
      const body = repository.blob(id);
      assert.equal(body.toString(), versions[i]);
      body.fill(0);
    }
  }
});

test('objects beyond 4 GiB are read', (t) => {
  const path = join(scratchFolder(t), 'sparse.pack');
  const far = 5 * 2 ** 30;
  const bytes = entry(3, 'far away');
  const checksum = Buffer.alloc(20, 1);
  const fd = openSync(path, 'w');
  writeSync(fd, Buffer.from('PACK\0\0\0\x02\0\0\0\x01', 'latin1'), 0, 12, 0);
  writeSync(fd, bytes, 0, bytes.length, far);
  writeSync(fd, checksum, 0, 20, far + bytes.length);
  ftruncateSync(fd, far + bytes.length + 20);
  closeSync(fd);
  const id = objectIdOf('blob', Buffer.from('far away'));
  const index = new PackIndex(encodeIndex([{ id, offset: far, crc: crc32(bytes) }], checksum));
  const reader = new PackReader(path, index);
  assert.equal(reader.read(index.offsetAt(index.find(raw(id)))).body.toString(), 'far away');
  assert.equal(reader.readPacked(0)?.id, id);
  reader.close();
});

test('a pack that is not the one of its index is refused', (t) => {
  const repository = scratchRepository(t);
  const one = repository.writePack(snapshot(['1']).objects, { sync: false });
  const two = repository.writePack(snapshot(['2']).objects, { sync: false });
  const three = repository.writePack(snapshot(['3', '4']).objects, { sync: false });
  assert.ok(one && two && three);
  const index = new PackIndex(readFileSync(one.path.replace('.pack', '.idx')));
  assert.throws(() => new PackReader(two.path, index), /not the one its index describes/);
  assert.throws(() => new PackReader(three.path, index), /differ in count/);
  assert.throws(() => new PackReader(one.path.replace('.pack', '.idx'), index), /version 2/);
});
