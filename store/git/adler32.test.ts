import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { adler32, plainAdler32 } from './adler32.ts';

const zlibs = (bytes: Uint8Array) =>
  deflateSync(bytes, { level: 0 }).readUInt32BE(deflateSync(bytes, { level: 0 }).length - 4);

const LENGTHS = [
  0, 1, 15, 16, 17, 5551, 5552, 5553, 16_383, 16_384, 16_399, 65_535, 65_536, 65_537, 131_072, 1_048_576,
];

test('the checksum is that of zlib, at every length around a limit', () => {
  for (const length of LENGTHS) {
    const noise = randomBytes(length);
    assert.equal(adler32(noise), zlibs(noise), `${length} random bytes`);
    assert.equal(plainAdler32(noise), zlibs(noise), `${length} random bytes in JavaScript`);
  }
});

test('no sum overflows: the largest bytes there are', () => {
  for (const length of LENGTHS) {
    const full = Buffer.alloc(length, 0xff);
    assert.equal(adler32(full), zlibs(full), `${length} bytes of 255`);
    assert.equal(plainAdler32(full), zlibs(full));
  }
});

test('bytes of shared memory are read as well', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(100_000)).fill(7);
  assert.equal(adler32(shared), zlibs(Uint8Array.from(shared)));
});
