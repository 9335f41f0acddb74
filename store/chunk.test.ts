import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { contentCuts, fixedCuts } from './chunk.ts';
import { MAX_CHUNK } from './codec/limits.ts';

const KIB = 1024;

/** Bytes that look random and are the same every time. */
function noise(size: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = state ^ (state >>> 15);
  }
  return new Uint8Array(words.buffer, 0, size);
}

const chunks = (bytes: Uint8Array): string[] => {
  const cuts = contentCuts(bytes);
  return cuts.map((end, i) => Buffer.from(bytes.subarray(cuts[i - 1] ?? 0, end)).toString('latin1'));
};

test('fixed cuts lie every 1 MiB and at the end', () => {
  assert.deepEqual(fixedCuts(5), [5]);
  assert.deepEqual(fixedCuts(MAX_CHUNK), [MAX_CHUNK]);
  assert.deepEqual(fixedCuts(2 * MAX_CHUNK + 1), [MAX_CHUNK, 2 * MAX_CHUNK, 2 * MAX_CHUNK + 1]);
});

describe('content cuts', () => {
  test('make chunks of 256 KiB to 1 MiB that add up', () => {
    const sizes = chunks(noise(20_000 * KIB)).map(({ length }) => length);
    assert.equal(
      sizes.reduce((sum, size) => sum + size),
      20_000 * KIB,
    );
    assert.ok(sizes.slice(0, -1).every((size) => size > 256 * KIB && size <= MAX_CHUNK));
    const mean = (20_000 * KIB) / sizes.length;
    assert.ok(mean > 400 * KIB && mean < 700 * KIB, `the mean is ${mean}`);
  });

  test('lie where they lay, also on another machine', () => {
    assert.deepEqual(contentCuts(noise(2500 * KIB)), CUTS);
  });

  test('of data without any variety lie every 1 MiB', () => {
    assert.deepEqual(contentCuts(new Uint8Array(2 * MAX_CHUNK)), [MAX_CHUNK, 2 * MAX_CHUNK]);
  });

  test('of nothing are none', () => assert.deepEqual(contentCuts(new Uint8Array(0)), []));

  test('move with what they follow: an insertion changes few chunks', () => {
    const before = noise(8000 * KIB);
    fc.assert(
      fc.property(fc.nat(before.length), fc.integer({ min: 1, max: 3000 }), (at, size) => {
        const after = Buffer.concat([before.subarray(0, at), noise(size, 7), before.subarray(at)]);
        const known = new Set(chunks(before));
        const fresh = chunks(after).filter((chunk) => !known.has(chunk));
        assert.ok(fresh.length <= 4, `${fresh.length} chunks are new`);
      }),
      { numRuns: 15 },
    );
  });
});

const CUTS = [455790, 982769, 1565422, 2480480, 2560000];
