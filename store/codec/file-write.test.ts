import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeObjects } from './fake-objects.ts';
import { StreamedPart } from './file-write.ts';
import { MAX_CHUNK } from './limits.ts';
import type { WrittenPart } from './part.ts';
import { PartWriter } from './part-write.ts';

const NOISE = randomBytes(6 * MAX_CHUNK);
const TEXT = Buffer.from(Array.from({ length: 400_000 }, (_, i) => `line ${i}\n`).join(''));

function streamed(bytes: Uint8Array, sizes: Iterable<number>): WrittenPart {
  const part = new StreamedPart(new FakeObjects());
  let at = 0;
  for (const size of sizes) {
    part.push(bytes.subarray(at, at + size));
    at += size;
    if (at >= bytes.length) break;
  }
  part.push(bytes.subarray(at));
  assert.equal(part.size, bytes.length);
  return part.finish();
}

function atOnce(bytes: Uint8Array) {
  const objects = new FakeObjects();
  const parts = new PartWriter(objects);
  parts.add(bytes, 'bytes');
  const [entry] = objects.tree(parts.tree() ?? assert.fail());
  return { entry, info: parts.parts[0] };
}

for (const [name, bytes] of Object.entries({
  nothing: NOISE.subarray(0, 0),
  'a few bytes': NOISE.subarray(0, 100),
  'one byte less than a chunk': NOISE.subarray(0, MAX_CHUNK - 1),
  'a whole chunk': TEXT.subarray(0, MAX_CHUNK),
  'one byte more than a chunk': NOISE.subarray(0, MAX_CHUNK + 1),
  noise: NOISE,
  text: TEXT,
})) {
  test(`${name}: however it is cut into pieces, the objects are those of bytes stored at once`, () => {
    const { entry, info } = atOnce(bytes);
    const same = (sizes: Iterable<number>): void => {
      const written = streamed(bytes, sizes);
      assert.deepEqual([written.info, written.id, written.mode], [info, entry?.id, entry?.mode]);
      assert.equal(written.compressed, entry?.name === '0.zst');
    };
    same([]);
    same(new Array(Math.ceil(bytes.length / 65_536)).fill(65_536));
    const size = fc.oneof(fc.nat(100_000), fc.nat(3 * MAX_CHUNK));
    fc.assert(fc.property(fc.array(size, { maxLength: 8 }), same), {
      numRuns: bytes.length > MAX_CHUNK ? 5 : 15,
    });
  });
}

test('what was pushed stays the caller’s', () => {
  const piece = Buffer.from(NOISE.subarray(0, MAX_CHUNK));
  const part = new StreamedPart(new FakeObjects());
  part.push(piece);
  piece.fill(0);
  part.push(NOISE.subarray(MAX_CHUNK));
  assert.equal(part.finish().info.digest, atOnce(NOISE).info?.digest);
});
