import { constants } from 'node:buffer';
import { deflateSync, inflateSync } from 'node:zlib';
import { errorCode } from '../atomic-file.ts';

/** The zlib levels used here: 0 stores, 1 is for speed, 6 is zlib's own default. */
export type ZlibLevel = 0 | 1 | 6;

/**
 * A zlib stream of `body`. A small one of level 0 is made by hand: starting zlib costs more than such a body itself.
 * The result keeps no larger buffer alive.
 */
export function deflate(body: Uint8Array, level: ZlibLevel): Buffer {
  const { length } = body;
  if (level === 0)
    return length <= HAND_MADE ? store(body) : deflateSync(body, { level, chunkSize: storedBound(length) });
  return deflateSync(body, { level, chunkSize: Math.min(length + 64, DEFAULT_CHUNK) });
}

const DEFAULT_CHUNK = 16 << 10;

// Up to this size JavaScript is as fast as zlib with its start-up (store/git/zlib-stream.bench.ts).
const HAND_MADE = 4096;

/** At least what zlib needs for bytes it does not compress; more than any common deflate makes of so many bytes. */
export function storedBound(length: number): number {
  return length + Math.ceil(length / 512) + 64;
}

/** The outcome of {@link inflate}: the bytes, how much input is missing, or what is wrong with it. */
export type Inflated =
  | { readonly status: 'done'; readonly body: Buffer }
  | { readonly status: 'short' }
  | { readonly status: 'damaged'; readonly problem: string; readonly cause?: unknown };

/**
 * The bytes of a zlib stream that should hold exactly `size` of them. Bounded by `size` whatever the input claims;
 * bytes after the stream are ignored. `short` means that the stream goes on beyond `input`.
 */
export function inflate(input: Uint8Array, size: number): Inflated {
  const stored = readStored(input, size);
  if (stored !== undefined) return { status: 'done', body: stored };
  try {
    const chunkSize = Math.min(Math.max(size + 1, 64), 1 << 20); // One chunk, one allocation, one pass.
    const maxOutputLength = Math.min(Math.max(size, 1), constants.MAX_LENGTH);
    const body = inflateSync(input, { maxOutputLength, chunkSize });
    if (body.length === size) return { status: 'done', body };
    return { status: 'damaged', problem: `it inflates to ${body.length} bytes instead of ${size}` };
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'Z_BUF_ERROR') return { status: 'short' };
    const problem =
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `it inflates to more than ${size} bytes`
        : 'its zlib stream is damaged';
    return { status: 'damaged', problem, cause };
  }
}

/** Checksum at the end of a zlib stream (RFC 1950). */
export function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let start = 0; start < bytes.length; start += ADLER_RUN) {
    const end = Math.min(start + ADLER_RUN, bytes.length);
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
const ADLER_RUN = 3854;

// RFC 1951 §3.2.4: one block: last-block flag, length, its complement, the bytes.
function store(body: Uint8Array): Buffer {
  const stream = Buffer.allocUnsafe(body.length + 11);
  stream[0] = 0x78;
  stream[1] = 0x01;
  stream[2] = 1;
  stream.writeUInt16LE(body.length, 3);
  stream.writeUInt16LE(body.length ^ 0xffff, 5);
  stream.set(body, 7);
  stream.writeUInt32BE(adler32(body), 7 + body.length);
  return stream;
}

// Reads such a stream without starting zlib; undefined when it is anything else.
function readStored(input: Uint8Array, size: number): Buffer | undefined {
  const end = 7 + size;
  if (size > HAND_MADE || input.length < end + 4) return undefined;
  if (input[0] !== 0x78 || input[1] !== 0x01 || input[2] !== 1) return undefined;
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.length);
  if (bytes.readUInt16LE(3) !== size || bytes.readUInt16LE(5) !== (size ^ 0xffff)) return undefined;
  const body = Buffer.from(bytes.subarray(7, end));
  return bytes.readUInt32BE(end) === adler32(body) ? body : undefined;
}
