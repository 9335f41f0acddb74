/** Checksum at the end of a zlib stream (RFC 1950), of `bytes` alone. */
export function adler32(bytes: Uint8Array): number {
  return bytes.length < WORTH_WASM ? plainAdler32(bytes) : continued(1, bytes);
}

/** The checksum of bytes that come one after the other. */
export class Adler32 {
  #sum = 1;

  update(bytes: Uint8Array): void {
    this.#sum = continued(this.#sum, bytes);
  }

  /** Of all bytes so far. */
  get sum(): number {
    return this.#sum;
  }
}

function continued(from: number, bytes: Uint8Array): number {
  const engine = wasm();
  if (engine === undefined) return plainAdler32(bytes, from);
  const { memory, adler32: run } = engine;
  let sum = from;
  for (let at = 0; at < bytes.length; at += memory.length) {
    const piece = bytes.subarray(at, at + memory.length);
    memory.set(piece);
    sum = run(sum, piece.length);
  }
  return sum >>> 0;
}

/** The same in JavaScript alone: sooner for few bytes, a seventh of the speed for many. */
export function plainAdler32(bytes: Uint8Array, from = 1): number {
  let a = from & 0xffff;
  let b = from >>> 16;
  for (let start = 0; start < bytes.length; start += RUN) {
    const end = Math.min(start + RUN, bytes.length);
    for (let i = start; i < end; i++) {
      a += bytes[i] as number;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b * 65536 + a;
}

// So many bytes of 255 keep both sums below 2^31, where integers are fast.
const RUN = 3854;

const WORTH_WASM = 16 << 10;

interface Adler {
  /** The module's memory, 64 KiB, where `adler32` finds its bytes. */
  readonly memory: Uint8Array;
  /** Continues a checksum by the first `length` bytes of the memory. */
  readonly adler32: (sum: number, length: number) => number;
}

let started: Adler | 'impossible' | undefined;

/** Undefined where there is none: an instance reserves 10 GB of addresses, which `ulimit -v` may forbid; some hosts forbid all of it. */
function wasm(): Adler | undefined {
  if (started === undefined) {
    try {
      started = start();
    } catch {
      started = 'impossible';
    }
  }
  return started === 'impossible' ? undefined : started;
}

function start(): Adler {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WasmEngine }).WebAssembly;
  const { memory, adler32: run } = new Instance(new Module(Buffer.from(CODE, 'base64'))).exports;
  return { memory: new Uint8Array(memory.buffer), adler32: run };
}

// The types of the web are not among this project's.
interface WasmEngine {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly adler32: Adler['adler32'];
    };
  };
}

// The assembly of store/git/adler32.wat. Sixteen bytes at a time: the sum of the bytes, the sum of the sums before each
// sixteen, and the bytes weighted by 16 to 1 give both halves; 5,552 bytes of 255 stay below 2^32.
const CODE =
  'AGFzbQEAAAABDAJgAn9/AX9gAXsBfwMDAgABBQMBAAEHFAIGbWVtb3J5AgAHYWRsZXIzMgAACvcCAtoCAgR/BHsgAEH//wNxIQIgAEEQ' +
  'diEDAkADQCABIARrQXBxIQUgBUUNASAFQbArSwRAQbArIQULIAMgAiAFbGohAyAFIARqIQX9DAAAAAAAAAAAAAAAAAAAAAAhB/0MAAAA' +
  'AAAAAAAAAAAAAAAAACEI/QwAAAAAAAAAAAAAAAAAAAAAIQkDQCAE/QAEACEGIAggB/2uASEIIAcgBv19/X/9rgEhByAJIAb9iQH9DBAA' +
  'DwAOAA0ADAALAAoACQD9ugEgBv2KAf0MCAAHAAYABQAEAAMAAgABAP26Af2uAf2uASEJIARBEGoiBCAFSQ0ACyACIAcQAWpB8f8DcCEC' +
  'IANB8f8DcCAIEAFB8f8DcEEQbGogCRABakHx/wNwIQMMAAsLAkADQCAEIAFPDQEgAiAELQAAaiECIAMgAmohAyAEQQFqIQQMAAsLIANB' +
  '8f8DcEEQdCACQfH/A3ByCxkAIAD9GwAgAP0bAWogAP0bAiAA/RsDamoL';
