import { createHash, type Hash } from 'node:crypto';
import { fstatSync, readSync } from 'node:fs';
import type { ObjectId } from '../ids.ts';
import { MalformedObjectError, ObjectCorruptError } from './errors.ts';
import { FileReplacedError } from './file-replaced.ts';
import { LastingFile } from './open-files.ts';
import { MAX_ENTRY_HEADER, readEntryHeader } from './pack-entry.ts';
import { PACK_TRAILER } from './pack-publish.ts';
import { FLUSH, inflateSegment, SEGMENT, STREAM_HEADER } from './segments.ts';
import { storedBound } from './zlib-stream.ts';

/** The content of a blob, to be read by ranges. */
export interface BlobContent {
  /** Bytes of the whole. */
  readonly size: number;
  /** The bytes from `from` to `to`, or fewer where the blob ends. Throws an {@link ObjectCorruptError}. */
  read(from: number, to: number): Buffer;
}

/** Where a pack has an entry. */
export interface PackPlace {
  readonly path: string;
  readonly offset: number;
  /** Where the next entry begins; undefined when it is the last one. */
  readonly end: number | undefined;
}

/**
 * A blob stored in segments (see segments.ts), read a segment at a time. When others have replaced the pack, it continues wherever the
 * blob is by then. What is read from the beginning to the end is checked against the id.
 */
export class SegmentedBlob implements BlobContent {
  readonly size: number;
  readonly #id: ObjectId;
  readonly #file: LastingFile;
  readonly #findAgain: () => BlobContent;
  /** What stands for it since its file has been replaced. */
  #successor: BlobContent | undefined;
  /** Where the segments begin in the file, and where the last one ends. */
  readonly #bounds: readonly number[];
  #last: { readonly number: number; readonly bytes: Buffer } | undefined;
  readonly #hash: Hash;
  /** Segments that were hashed, from the first on. */
  #hashed = 0;

  private constructor(
    id: ObjectId,
    file: LastingFile,
    { size, bounds, findAgain }: Layout & { readonly findAgain: () => BlobContent },
  ) {
    this.#id = id;
    this.#file = file;
    this.#findAgain = findAgain;
    this.size = size;
    this.#bounds = bounds;
    this.#hash = createHash('sha1').update(`blob ${size}\0`);
  }

  /**
   * Opens the entry at a place of a pack; undefined when it is not a blob stored in segments. `findAgain` opens the same blob when that
   * pack has been replaced.
   */
  static open(id: ObjectId, place: PackPlace, findAgain: () => BlobContent): SegmentedBlob | undefined {
    const file = new LastingFile(place.path);
    let isUsed = false;
    try {
      const layout = layoutOf(file.fd, place);
      if (layout === undefined) return undefined;
      isUsed = true;
      return new SegmentedBlob(id, file, { ...layout, findAgain });
    } finally {
      if (!isUsed) file.close();
    }
  }

  read(from: number, to: number): Buffer {
    try {
      return this.#successor?.read(from, to) ?? this.#read(from, to);
    } catch (error) {
      if (!(error instanceof FileReplacedError)) throw error;
      this.#successor = this.#findAgain();
      // It checks what is read from the beginning on, as far as this one had come.
      for (let number = 0; number < this.#hashed; number++)
        this.#successor.read(number * SEGMENT, Math.min((number + 1) * SEGMENT, this.size));
      return this.#successor.read(from, to);
    }
  }

  #read(from: number, to: number): Buffer {
    const end = Math.min(to, this.size);
    const pieces: Buffer[] = [];
    for (let at = from; at < end; ) {
      const number = Math.floor(at / SEGMENT);
      const start = number * SEGMENT;
      const piece = this.#segment(number).subarray(at - start, end - start);
      pieces.push(piece);
      at += piece.length;
    }
    const [only] = pieces;
    return pieces.length === 1 && only ? only : Buffer.concat(pieces);
  }

  #segment(number: number): Buffer {
    if (this.#last?.number === number) return this.#last.bytes;
    const start = this.#bounds[number] ?? 0;
    const deflated = preadFully(this.#file.fd, start, (this.#bounds[number + 1] ?? start) - start);
    const bytes = this.#inflated(deflated, Math.min(SEGMENT, this.size - number * SEGMENT));
    this.#last = { number, bytes };
    if (number === this.#hashed) this.#check(bytes);
    return bytes;
  }

  #inflated(deflated: Buffer, size: number): Buffer {
    try {
      return inflateSegment(deflated, size);
    } catch (cause) {
      if (!(cause instanceof MalformedObjectError)) throw cause;
      throw new ObjectCorruptError(this.#id, cause.problem, { cause });
    }
  }

  #check(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#hashed += 1;
    if (this.#hashed < this.#bounds.length - 1) return;
    if (this.#hash.copy().digest('hex') !== this.#id)
      throw new ObjectCorruptError(this.#id, 'its segments hold another content');
  }
}

/** A blob that is in memory. */
export const contentOf = (bytes: Buffer): BlobContent => ({
  size: bytes.length,
  read: (from, to) => bytes.subarray(from, to),
});

interface Layout {
  readonly size: number;
  readonly bounds: readonly number[];
}

function layoutOf(
  fd: number,
  { offset, end = fstatSync(fd).size - PACK_TRAILER }: PackPlace,
): Layout | undefined {
  const head = preadFully(fd, offset, Math.min(MAX_ENTRY_HEADER + STREAM_HEADER.length, end - offset));
  const { kind, size, length } = readEntryHeader(head);
  const start = offset + length + STREAM_HEADER.length;
  if (kind !== 'blob' || size < SEGMENT || !head.subarray(length, length + 2).equals(STREAM_HEADER))
    return undefined;
  const count = Math.ceil(size / SEGMENT);
  const bounds = [start];
  for (const bound of flushesIn(fd, start, end)) {
    // A segment that is longer than its content could be is none that was written here.
    if (bounds.push(bound) > count + 1 || bound - (bounds.at(-2) ?? start) > storedBound(SEGMENT))
      return undefined;
  }
  return bounds.length - 1 === count ? { size, bounds } : undefined;
}

/** Where flushes end between two places of a file. */
function* flushesIn(fd: number, start: number, end: number): Generator<number> {
  for (let at = start; at < end; ) {
    const piece = preadFully(fd, at, Math.min(SEGMENT, end - at));
    for (let found = piece.indexOf(FLUSH); found >= 0; found = piece.indexOf(FLUSH, found + FLUSH.length))
      yield at + found + FLUSH.length;
    if (at + piece.length >= end) return;
    // One may lie across the end of this piece; none can begin with bytes of the one before.
    at += piece.length - FLUSH.length + 1;
  }
}

function preadFully(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const read = readSync(fd, bytes, done, length - done, at + done);
    if (read === 0) throw new MalformedObjectError('pack entry', 'the pack ends before it');
    done += read;
  }
  return bytes;
}
