import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as zlib from 'node:zlib';
import { OxbowError } from './errors.ts';

/** One zstd implementation: frames made by either are read by the other. */
export interface Zstd {
  /** One frame that states its content size. */
  compress(bytes: Uint8Array): Uint8Array;
  /** The content of a frame, at most `size` bytes; throws for anything that is not a frame of that content size. */
  decompress(frame: Uint8Array, size: number): Uint8Array;
}

/**
 * One zstd frame, or undefined when that would save less than an eighth: random numbers shrink by a sixteenth, which is not
 * worth the time. At most 1 MiB at a time.
 */
export function compress(bytes: Uint8Array): Uint8Array | undefined {
  const engine = zstd();
  if (engine instanceof ZstdUnavailableError) return undefined;
  const frame = engine.compress(bytes);
  return frame.length <= bytes.length - bytes.length / 8 ? frame : undefined;
}

/** Something compressed is to be read where nothing can decompress it. */
export class ZstdUnavailableError extends OxbowError {
  override readonly code = 'ZstdUnavailableError';
}

/** The content of a zstd frame; throws a {@link ZstdUnavailableError}, or an Error when it is damaged or its content is not `size` bytes. */
export function decompress(frame: Uint8Array, size: number): Uint8Array {
  const engine = zstd();
  if (engine instanceof ZstdUnavailableError) throw engine;
  const bytes = engine.decompress(frame, size);
  if (bytes.length !== size) throw new Error(`has ${bytes.length} bytes instead of ${size}`);
  return bytes;
}

/** The zstd of node:zlib, from Node 22.15 on. */
export function nativeZstd(): Zstd | undefined {
  const { zstdCompressSync, zstdDecompressSync, constants } = zlib as unknown as ZlibWithZstd;
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return undefined;
  const params = { [constants.ZSTD_c_compressionLevel ?? 100]: LEVEL };
  return {
    compress: (bytes) => zstdCompressSync(bytes, { params }),
    decompress: (frame, size) => zstdDecompressSync(frame, { maxOutputLength: Math.max(1, size) }),
  };
}

/**
 * zstd-codec, for a Node without zstd of its own. Its wasm is compiled in the main thread at the first call (30 ms), not
 * asynchronously as the package does by itself: reads are synchronous.
 */
export function wasmZstd(): Zstd {
  const binding = loadBinding();
  const codec = new binding.ZstdCodec();
  return {
    compress: (bytes) =>
      convert(binding, bytes, codec.compressBound(bytes.length), (to, from) =>
        codec.compress(to, from, LEVEL),
      ),
    decompress: (frame, size) =>
      convert(binding, frame, size, (to, from) => {
        const declared = codec.contentSize(from);
        if (declared !== size) throw new Error(`is not a zstd frame of ${size} bytes`);
        return size === 0 ? 0 : codec.decompress(to, from);
      }),
  };
}

let chosen: Zstd | ZstdUnavailableError | undefined;

function zstd(): Zstd | ZstdUnavailableError {
  chosen ??= nativeZstd() ?? startedWasm();
  return chosen;
}

/** An instance of wasm reserves 10 GB of addresses, which `ulimit -v` may forbid. */
function startedWasm(): Zstd | ZstdUnavailableError {
  try {
    return wasmZstd();
  } catch (cause) {
    return new ZstdUnavailableError(
      'A value compressed with zstd cannot be read: this Node has no zstd of its own, and WebAssembly cannot start here. ' +
        'Use Node 22.15 or later, or allow more virtual memory (`ulimit -v unlimited`).',
      { cause },
    );
  }
}

// Level 1 keeps up with the disk; every higher one costs more time than its bytes are worth here.
const LEVEL = 1;

function convert(
  binding: Binding,
  bytes: Uint8Array,
  room: number,
  run: (to: Vector, from: Vector) => number,
): Uint8Array {
  const from = new binding.VectorU8();
  const to = new binding.VectorU8();
  try {
    binding.cloneToVector(from, bytes);
    to.resize(room, 0);
    const written = run(to, from);
    if (written < 0) throw new Error('is not a sound zstd frame');
    to.resize(written, 0);
    return binding.cloneAsTypedArray(to);
  } finally {
    from.delete();
    to.delete();
  }
}

// The package offers no synchronous start: its file holds the wasm as base64 and compiles it in a promise, unless
// `instantiateWasm` is given. So the bytes are taken out of the file and compiled here.
function loadBinding(): Binding {
  const require = createRequire(import.meta.url);
  const path = require.resolve('zstd-codec/lib/zstd-codec-binding-wasm.js');
  const binding: Partial<Binding> & EmscriptenHooks = {
    instantiateWasm(imports, done) {
      const wasm = (globalThis as unknown as { WebAssembly: WasmEngine }).WebAssembly;
      const instance = new wasm.Instance(new wasm.Module(wasmIn(readFileSync(path, 'latin1'))), imports);
      done(instance);
      return instance.exports;
    },
  };
  require(path)(binding);
  if (binding.ZstdCodec === undefined) throw new Error(`zstd-codec did not start from "${path}".`);
  return binding as Binding;
}

function wasmIn(source: string): Buffer<ArrayBuffer> {
  const mark = 'data:application/octet-stream;base64,AGFzbQ';
  const start = source.indexOf(mark) + mark.length - 'AGFzbQ'.length;
  return Buffer.from(source.slice(start, source.indexOf('"', start)), 'base64');
}

interface Vector {
  resize(size: number, fill: number): void;
  delete(): void;
}

interface Binding {
  ZstdCodec: new () => {
    compressBound(size: number): number;
    contentSize(frame: Vector): number;
    compress(to: Vector, from: Vector, level: number): number;
    decompress(to: Vector, from: Vector): number;
  };
  VectorU8: new () => Vector;
  cloneToVector(to: Vector, bytes: Uint8Array): void;
  cloneAsTypedArray(from: Vector): Uint8Array;
}

interface EmscriptenHooks {
  instantiateWasm(imports: object, done: (instance: WasmInstance) => void): object;
}

interface WasmInstance {
  readonly exports: object;
}

// The types of the web are not among this project's.
interface WasmEngine {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => WasmInstance;
}

interface ZlibWithZstd {
  zstdCompressSync?: (bytes: Uint8Array, options: { params: Record<number, number> }) => Uint8Array;
  zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
  constants: { ZSTD_c_compressionLevel?: number };
}
