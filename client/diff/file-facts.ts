import type { Bytes } from './byte-source.ts';

/** What a file is, by its first bytes, as the `file` command tells it; undefined for what is not known. */
export function formatOf(bytes: Bytes): string | undefined {
  const head = range(bytes, 0, 512);
  const text = head.toString('latin1');
  const found = MAGIC.find(([magic, offset = 0]) => text.startsWith(magic, offset));
  if (found?.[2] === 'riff') return text.startsWith('WEBP', 8) ? 'webp' : undefined;
  return found?.[2];
}

const MAGIC: readonly (readonly [magic: string, offset: number | undefined, name: string])[] = [
  ['\x89PNG\r\n\x1a\n', 0, 'png'],
  ['\xff\xd8\xff', 0, 'jpeg'],
  ['GIF87a', 0, 'gif'],
  ['GIF89a', 0, 'gif'],
  ['RIFF', 0, 'riff'],
  ['%PDF-', 0, 'pdf'],
  ['PK\x03\x04', 0, 'zip'],
  ['PK\x05\x06', 0, 'zip'],
  ['\x1f\x8b', 0, 'gzip'],
  ['\x28\xb5\x2f\xfd', 0, 'zstd'],
  ['PAR1', 0, 'parquet'],
  ['ARROW1', 0, 'arrow'],
  ['\x93NUMPY', 0, 'npy'],
  ['SQLite format 3\x00', 0, 'sqlite'],
  ['ustar', 257, 'tar'],
];

/** Width and height in pixels. */
export type Dimensions = readonly [width: number, height: number];

/** The size of a picture; undefined when it is none, or its header is damaged. */
export function dimensionsOf(bytes: Bytes, format: string | undefined): Dimensions | undefined {
  try {
    const head = range(bytes, 0, format === 'jpeg' ? JPEG_HEAD : 32);
    switch (format) {
      case 'png':
        return [head.readUInt32BE(16), head.readUInt32BE(20)];
      case 'gif':
        return [head.readUInt16LE(6), head.readUInt16LE(8)];
      case 'webp':
        return webpSize(head);
      case 'jpeg':
        return jpegSize(head);
      default:
        return undefined;
    }
  } catch (error) {
    // Cut short.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The frame header of a JPEG comes after its metadata, which may be long. */
const JPEG_HEAD = 512 * 1024;

/** ISO/IEC 10918-1, B.2: segments of a marker and a length, until that of the frame. */
function jpegSize(head: Buffer): Dimensions | undefined {
  for (let at = 2; head[at] === 0xff; ) {
    const marker = head[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [head.readUInt16BE(at + 7), head.readUInt16BE(at + 5)];
    at += marker === 0xff ? 1 : 2 + head.readUInt16BE(at + 2);
  }
  return undefined;
}

/** The WebP container: a lossy, lossless or extended picture. */
function webpSize(head: Buffer): Dimensions | undefined {
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8X':
      return [head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1];
    case 'VP8L': {
      const bits = head.readUInt32LE(21);
      return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
    }
    case 'VP8 ':
      return [head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff];
    default:
      return undefined;
  }
}

/** Bytes of a stretch, which must be small. */
export function range(bytes: Bytes, start: number, end: number): Buffer {
  const to = Math.min(end, bytes.size);
  if (start >= to) return Buffer.alloc(0);
  return Buffer.concat([...bytes.pieces(start, to)]);
}
