// Reading a blob straight into memory of its size: the right bytes or a refusal, and other copies when one is damaged.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { packObject } from './packed-object.ts';
import { git, scratchRepository, snapshot } from './scratch.ts';

const SIZES = [0, 1, 100, 65_534, 65_535, 65_536, 131_070, 1_048_576];

test('what is stored as it is lands in the memory given', (t) => {
  const repository = scratchRepository(t);
  for (const size of SIZES) {
    const body = randomBytes(size);
    const packed = packObject('blob', body, 0);
    repository.writePack([packed], { sync: false });
    const target = new Uint8Array(size + 2).fill(9);
    assert.equal(repository.blobInto(packed.id, target.subarray(1, size + 1)), true, `${size} bytes`);
    assert.deepEqual(Buffer.from(target), Buffer.concat([Buffer.of(9), body, Buffer.of(9)]));
    assert.deepEqual(repository.blob(packed.id), body);
  }
});

test('anything else is refused: another size, kind or compression, a held or unknown object', (t) => {
  const repository = scratchRepository(t);
  const body = Buffer.alloc(5000, 'abc');
  const [stored, deflated] = [packObject('blob', body, 0), packObject('blob', Buffer.alloc(5000, 'xyz'), 6)];
  const [held, tag] = [packObject('blob', randomBytes(5000), 0), packObject('tag', randomBytes(5000), 0)];
  repository.writePack([stored, deflated, tag], { sync: false });
  repository.hold(held);
  const into = (id: typeof stored.id, size = 5000) => repository.blobInto(id, new Uint8Array(size));
  assert.deepEqual([into(stored.id), into(stored.id, 4999), into(stored.id, 5001)], [true, false, false]);
  assert.deepEqual([into(deflated.id), into(held.id), into(tag.id)], [false, false, false]);
  assert.equal(into('1234567890123456789012345678901234567890' as typeof stored.id), false);
});

test('what native git repacks, and compresses, is refused or right', (t) => {
  const repository = scratchRepository(t);
  const bodies = [randomBytes(200_000), Buffer.alloc(200_000, 'abc')];
  const { objects, blobs, commit } = snapshot(bodies);
  repository.writePack(objects, { sync: false });
  repository.refs.update('refs/heads/main', { to: commit });
  git(repository.path, ['repack', '-adfq']);
  for (const [i, id] of blobs.entries()) {
    const target = Buffer.alloc(200_000);
    if (!repository.blobInto(id, target)) target.set(repository.blob(id));
    assert.deepEqual(target, bodies[i]);
  }
});

test('frames of a damaged stream are noticed; damaged content is the reader’s to notice', (t) => {
  const repository = scratchRepository(t);
  const packed = packObject('blob', randomBytes(100_000), 0);
  const pack = repository.writePack([packed], { sync: false });
  assert.ok(pack);
  const sound = readFileSync(pack.path);
  chmodSync(pack.path, 0o644);
  const firstBlock = sound.indexOf(packed.deflated.subarray(0, 7));
  for (const at of [firstBlock, firstBlock + 1, firstBlock + 2, firstBlock + 3, firstBlock + 7 + 65_535]) {
    const bytes = Buffer.from(sound);
    bytes[at] = (bytes[at] ?? 0) ^ 0x40;
    writeFileSync(pack.path, bytes);
    assert.equal(repository.blobInto(packed.id, Buffer.alloc(100_000)), false, `byte ${at - firstBlock}`);
  }
});
