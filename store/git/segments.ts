import { constants, deflateRaw, inflateRawSync } from 'node:zlib';
import { MalformedObjectError } from './errors.ts';

/**
 * A long blob is one ordinary zlib stream that can be read from the middle: each {@link SEGMENT} bytes are compressed on their
 * own and end with a full flush (RFC 1951 §3.2.4: an empty stored block, so at a byte boundary), as `pigz --independent` does.
 * The flush is the only place where {@link FLUSH} stands, so that a scan finds the segments.
 */
export const SEGMENT = 1 << 20;

/** The bytes a segment ends with, and no segment has before its end. */
export const FLUSH: Uint8Array = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** What the stream begins with: deflate with a 32 KiB window, for speed. */
export const STREAM_HEADER: Uint8Array = Buffer.from([0x78, 0x01]);
/** The last block, which is empty. */
export const LAST_BLOCK: Uint8Array = Buffer.from([0x03, 0x00]);
/** Adler-32 of the whole. */
export const STREAM_TRAILER = 4;

/** Ways to compress a segment until one does not make the bytes of a flush in its midst; mostly the first. */
const WAYS = [
  { level: 1 },
  { level: 6 },
  { level: 9 },
  { level: 1, strategy: constants.Z_HUFFMAN_ONLY },
  { level: 1, strategy: constants.Z_FIXED },
] as const;

/**
 * Compresses at most {@link SEGMENT} bytes on another thread. Should no way keep the bytes of a flush out of their midst, the blob
 * can only be read as a whole.
 */
export async function compressSegment(bytes: Uint8Array): Promise<Buffer> {
  let deflated: Buffer = NOTHING;
  for (const way of WAYS) {
    deflated = await flushed(bytes, way);
    if (deflated.indexOf(FLUSH) === deflated.length - FLUSH.length) break;
  }
  return deflated;
}

/** The bytes of a segment. Throws a {@link MalformedObjectError} when they are not `size`. */
export function inflateSegment(deflated: Uint8Array, size: number): Buffer {
  try {
    const bytes = inflateRawSync(deflated, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: size,
      chunkSize: Math.max(size, 64),
    });
    if (bytes.length === size) return bytes;
    throw new MalformedObjectError(
      'pack entry',
      `a segment inflates to ${bytes.length} bytes instead of ${size}`,
    );
  } catch (cause) {
    if (cause instanceof MalformedObjectError) throw cause;
    throw new MalformedObjectError('pack entry', 'a segment of its zlib stream is damaged', { cause });
  }
}

const NOTHING: Buffer = Buffer.alloc(0);

function flushed(bytes: Uint8Array, way: (typeof WAYS)[number]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    deflateRaw(bytes, { ...way, finishFlush: constants.Z_FULL_FLUSH }, (error, deflated) => {
      if (error) reject(error);
      else resolve(deflated);
    });
  });
}
