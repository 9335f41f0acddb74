// `ulimit -v` forbids the addresses that an instance of WebAssembly reserves: the checksum of zlib is taken without it, and what would
// be compressed by it is stored as it is.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const PROGRAM = `
const { adler32, Adler32 } = await import('./git/adler32.ts');
const { compress, decompress, nativeZstd } = await import('./compress.ts');
globalThis.WebAssembly = { Module: class { constructor() { throw new RangeError('Out of memory: Cannot allocate Wasm memory'); } } };
const bytes = Buffer.alloc(200_000, 'oxbow');
const sum = new Adler32();
for (let at = 0; at < bytes.length; at += 70_001) sum.update(bytes.subarray(at, at + 70_001));
let told = '';
try { decompress(compress(bytes) ?? Buffer.alloc(9), bytes.length); } catch (error) { told = error.code; }
console.log(JSON.stringify({ one: adler32(bytes), more: sum.sum, told, native: nativeZstd() !== undefined }));
`;

test('without WebAssembly checksums are right, values are stored, and what is compressed is refused with a sentence', () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM],
    { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' },
  );
  assert.equal(stderr, '');
  const { one, more, told, native } = JSON.parse(stdout);
  assert.deepEqual([one, more], [2_931_311_548, 2_931_311_548]);
  assert.equal(told, native ? '' : 'ZstdUnavailableError');
});
