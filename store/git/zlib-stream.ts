import { constants } from 'node:buffer';
import { deflateSync, inflateSync } from 'node:zlib';
import { errorCode } from '../atomic-file.ts';
import { adler32 } from './adler32.ts';

/** The zlib levels used here: 0 stores, 1 is for speed, 6 is zlib's own default. */
export type ZlibLevel = 0 | 1 | 6;

/**
 * A zlib stream of `body`. One of level 0 is made by hand: starting zlib costs more than a small body itself.
 * The result keeps no larger buffer alive.
 */
export function deflate(body: Uint8Array, level: ZlibLevel): Buffer {
  const { length } = body;
  if (level === 0) return store(body);
  return deflateSync(body, { level, chunkSize: Math.min(length + 64, DEFAULT_CHUNK) });
}

const DEFAULT_CHUNK = 16 << 10;

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

// RFC 1951 §3.2.4: blocks of at most 65,535 bytes, each behind a last-block flag, its length and the complement of that.
function store(body: Uint8Array): Buffer {
  const stream = Buffer.allocUnsafe(storedLength(body.length));
  writeStored(stream, 0, body);
  return stream;
}

/** Bytes of the stream {@link writeStored} makes. */
export function storedLength(length: number): number {
  return 2 + BLOCK_HEADER * Math.max(1, Math.ceil(length / MAX_BLOCK)) + length + CHECKSUM;
}

/** Writes a zlib stream of `body`, not compressed, into `target` at `at`, where it must fit. Returns where it ends. */
export function writeStored(target: Uint8Array, at: number, body: Uint8Array): number {
  let end = at;
  target[end++] = 0x78;
  target[end++] = 0x01;
  for (let start = 0; start === 0 || start < body.length; start += MAX_BLOCK) {
    const length = Math.min(MAX_BLOCK, body.length - start);
    writeBlockHeader(target, end, { length, last: start + length === body.length });
    end += BLOCK_HEADER;
    target.set(start === 0 && length === body.length ? body : body.subarray(start, start + length), end);
    end += length;
  }
  const checksum = adler32(body);
  for (const shift of [24, 16, 8, 0]) target[end++] = checksum >>> shift;
  return end;
}

const MAX_BLOCK = 65_535;
const BLOCK_HEADER = 5;
const CHECKSUM = 4;

function writeBlockHeader(target: Uint8Array, at: number, block: { length: number; last: boolean }): void {
  const { length, last } = block;
  target[at] = last ? 1 : 0;
  target[at + 1] = length;
  target[at + 2] = length >>> 8;
  target[at + 3] = ~length;
  target[at + 4] = ~length >>> 8;
}

/** Where the content lies in a stream that {@link writeStored} made, piece by piece; undefined for any other stream. */
function storedPieces(input: Uint8Array, size: number): Uint8Array[] | undefined {
  if (input.length < storedLength(size) || input[0] !== 0x78 || input[1] !== 0x01) return undefined;
  const pieces: Uint8Array[] = [];
  const header = new Uint8Array(BLOCK_HEADER);
  let at = 2;
  for (let start = 0; start === 0 || start < size; start += MAX_BLOCK) {
    const length = Math.min(MAX_BLOCK, size - start);
    writeBlockHeader(header, 0, { length, last: start + length === size });
    for (let i = 0; i < BLOCK_HEADER; i++) if (input[at + i] !== header[i]) return undefined;
    at += BLOCK_HEADER;
    pieces.push(input.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

/**
 * Where to read a stream that {@link writeStored} made, without its checksum, so that its content lands in `target`: the
 * first of the buffers and every second after it are to hold what {@link isStoredFrame} looks at.
 */
export function storedBuffers(target: Uint8Array): Uint8Array[] {
  const buffers: Uint8Array[] = [];
  const frames = Buffer.alloc(2 + BLOCK_HEADER * Math.max(1, Math.ceil(target.length / MAX_BLOCK)));
  for (let start = 0, at = 0; start === 0 || start < target.length; start += MAX_BLOCK) {
    const end = at + BLOCK_HEADER + (start === 0 ? 2 : 0);
    buffers.push(frames.subarray(at, end), target.subarray(start, start + MAX_BLOCK));
    at = end;
  }
  return buffers;
}

/** Whether what was read into such buffers is a stream of that kind. */
export function isStoredFrame(buffers: readonly Uint8Array[], size: number): boolean {
  const header = new Uint8Array(BLOCK_HEADER);
  for (let start = 0, i = 0; start === 0 || start < size; start += MAX_BLOCK, i += 2) {
    const found = buffers[i];
    const skip = i === 0 ? 2 : 0;
    const length = Math.min(MAX_BLOCK, size - start);
    writeBlockHeader(header, 0, { length, last: start + length === size });
    for (let j = 0; j < BLOCK_HEADER; j++) if (found?.[skip + j] !== header[j]) return false;
  }
  return buffers[0]?.[0] === 0x78 && buffers[0][1] === 0x01;
}

// Reads such a stream without starting zlib; undefined when it is anything else or damaged.
function readStored(input: Uint8Array, size: number): Buffer | undefined {
  const pieces = storedPieces(input, size);
  if (pieces === undefined) return undefined;
  const body = Buffer.concat(pieces, size);
  const end = storedLength(size) - CHECKSUM;
  const checksum = Buffer.from(input.buffer, input.byteOffset + end, CHECKSUM).readUInt32BE();
  return checksum === adler32(body) ? body : undefined;
}
