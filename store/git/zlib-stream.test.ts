import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { damages } from './scratch.ts';
import { deflate, inflate, type ZlibLevel } from './zlib-stream.ts';

const levels = fc.constantFrom<ZlibLevel>(0, 1, 6);
const sizes = [0, 1, 11, 127, 128, 4095, 4096, 4097, 65_535, 65_536, 1_000_000];

test('property: what we deflate, zlib inflates', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6000 }), levels, (bytes, level) => {
      assert.deepEqual(inflateSync(deflate(bytes, level)), Buffer.from(bytes));
    }),
  );
});

test('property: what zlib deflates, we inflate, whatever follows the stream', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6000 }), fc.integer({ min: 0, max: 9 }), (bytes, level) => {
      const input = Buffer.concat([deflateSync(bytes, { level }), Buffer.from('next entry')]);
      assert.deepEqual(inflate(input, bytes.length), { status: 'done', body: Buffer.from(bytes) });
    }),
  );
});

test('every size around a limit comes back at every level', () => {
  for (const size of sizes) {
    const body = Buffer.alloc(size, 'ab€');
    for (const level of [0, 1, 6] as const) {
      assert.deepEqual(inflate(deflate(body, level), size), { status: 'done', body });
    }
  }
});

test('a stream made of many empty blocks is read', () => {
  const flushed = [];
  for (let i = 0; i < 50; i++)
    flushed.push(deflateSync('', { finishFlush: constants.Z_FULL_FLUSH }).subarray(2));
  const input = Buffer.concat([
    Buffer.from([0x78, 0x01]),
    ...flushed,
    deflate(Buffer.from('x'), 0).subarray(2),
  ]);
  assert.deepEqual(inflate(input, 1), { status: 'done', body: Buffer.from('x') });
});

test('a declared size that is wrong is noticed, and bounds the work', () => {
  const bomb = deflate(Buffer.alloc(50_000_000), 1);
  assert.equal(inflate(bomb, 10).status, 'damaged');
  assert.equal(inflate(deflate(Buffer.from('abc'), 1), 4).status, 'damaged');
  assert.equal(inflate(deflate(Buffer.from('abc'), 0), 2).status, 'damaged');
  assert.equal(inflate(deflate(Buffer.from('abc'), 0), 2 ** 50).status, 'damaged');
  assert.equal(inflate(deflate(Buffer.from(''), 1), 0).status, 'done');
});

test('property: a damaged stream gives the right bytes or a verdict, never other bytes', () => {
  const bodies = fc.uint8Array({ minLength: 1, maxLength: 500 });
  fc.assert(
    fc.property(bodies, levels, damages, (bytes, level, damage) => {
      const result = inflate(damage(deflate(bytes, level)), bytes.length);
      if (result.status === 'done') assert.deepEqual(result.body, Buffer.from(bytes));
    }),
    { numRuns: 1000 },
  );
});

test('the result does not keep a buffer of its own alive that is larger', () => {
  assert.ok(deflate(Buffer.alloc(300, 'abc'), 1).buffer.byteLength <= Buffer.poolSize);
  assert.ok(deflate(Buffer.alloc(3000, 'abc'), 6).buffer.byteLength <= Buffer.poolSize);
});
