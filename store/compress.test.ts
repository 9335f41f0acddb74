import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { compress, decompress, nativeZstd, wasmZstd, type Zstd } from './compress.ts';

const SAMPLES: Record<string, Uint8Array> = {
  nothing: new Uint8Array(0),
  'one byte': Uint8Array.of(7),
  text: Buffer.from('the same words again and again, '.repeat(5000)),
  zeros: new Uint8Array(1024 * 1024),
  noise: randomBytes(1024 * 1024),
};

const wasm = wasmZstd();
const native = nativeZstd();
const engines: [string, Zstd][] = [['zstd-codec', wasm]];
if (native !== undefined) engines.push(['node:zlib', native]);

for (const [writer, from] of engines) {
  for (const [reader, to] of engines) {
    describe(`${reader} reads what ${writer} wrote:`, () => {
      for (const [name, bytes] of Object.entries(SAMPLES)) {
        test(name, () => {
          const frame = from.compress(bytes);
          assert.deepEqual(Buffer.from(frame.subarray(0, 4)).toString('hex'), '28b52ffd');
          assert.equal(Buffer.compare(to.decompress(frame, bytes.length), bytes), 0);
        });
      }
    });
  }
}

// Written by the zstd command-line tool, level 19, of "oxbow " repeated 1000 times.
test('both read a frame of the reference implementation', () => {
  const frame = Buffer.from(REFERENCE, 'base64');
  for (const [, engine] of engines) {
    assert.equal(Buffer.from(engine.decompress(frame, 6000)).toString(), 'oxbow '.repeat(1000));
  }
});

const REFERENCE = 'KLUv/WRwFnUAADBveGJvdyABAGeXvhQBeuxakw==';

describe('decompressing is bounded by the declared size:', () => {
  const bomb = wasm.compress(new Uint8Array(1024 * 1024));
  for (const [name, engine] of engines) {
    test(name, () => {
      assert.throws(() => engine.decompress(bomb, 1000));
      assert.throws(() => engine.decompress(Buffer.from('no frame at all'), 1000));
      assert.throws(() => engine.decompress(bomb.subarray(0, bomb.length - 3), 1024 * 1024));
    });
  }

  test('a frame of less than the declared size is refused too', () => {
    assert.throws(() => decompress(wasm.compress(new Uint8Array(999)), 1000));
  });
});

describe('compress', () => {
  test('gives nothing when it does not pay', () => {
    assert.equal(compress(randomBytes(100_000)), undefined);
    const numbers = new Float64Array(10_000).map(() => Math.random());
    assert.equal(compress(new Uint8Array(numbers.buffer)), undefined);
  });

  test('gives a frame when it does', () => {
    const frame = compress(new Uint8Array(100_000));
    assert.ok(frame && frame.length < 1000);
    assert.equal(Buffer.compare(decompress(frame, 100_000), new Uint8Array(100_000)), 0);
  });
});
