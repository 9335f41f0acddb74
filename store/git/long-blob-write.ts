import { createHash } from 'node:crypto';
import { fdatasync } from 'node:fs';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { TemporaryFile } from '../atomic-file.ts';
import { type ObjectId, parseObjectId } from '../ids.ts';
import { Adler32 } from './adler32.ts';
import { MAX_ENTRY_HEADER, writeEntryHeader } from './pack-entry.ts';
import { PACK_HEADER, packHeader, publishPack, type WrittenPack } from './pack-publish.ts';
import { compressSegment, LAST_BLOCK, SEGMENT, STREAM_HEADER, STREAM_TRAILER } from './segments.ts';

/** Content that need not fit into memory. */
export interface LongContent {
  /** Bytes of the whole. */
  readonly size: number;
  /** Fills `target` with the bytes from `from` on, which must be there. */
  readInto(target: Uint8Array, from: number): void;
}

/** A blob in a pack of its own. */
export interface LongBlob {
  readonly id: ObjectId;
  /** Undefined when the store had the blob already. */
  readonly pack: WrittenPack | undefined;
}

/** How a long blob is written. */
export interface LongBlobOptions {
  readonly packFolder: string;
  /** Text of the pack's `.keep` file. */
  readonly keep: string;
  /** Whether the store has an object: then no pack is made of it. */
  has(id: ObjectId): boolean;
}

const syncData = promisify(fdatasync);

/** Segments that are compressed at a time, each in a thread of Node's own. */
const AT_A_TIME = 3;

/**
 * Writes a blob of any length, as a stream of segments, into a pack of its own, whose content is synced. Holds a few megabytes, and never
 * holds up this thread for longer than a megabyte takes to hash. Throws the file system's own errors.
 */
export async function writeLongBlob(content: LongContent, options: LongBlobOptions): Promise<LongBlob> {
  const file = TemporaryFile.in(options.packFolder, 0o444);
  try {
    const draft = new Draft(file, content.size);
    // The same memory over and over: garbage of this kind is collected late.
    const memory = Buffer.allocUnsafeSlow(AT_A_TIME * SEGMENT);
    const work: Promise<Buffer>[] = [];
    for (let at = 0, slot = 0; at < content.size; at += SEGMENT, slot = (slot + 1) % AT_A_TIME) {
      if (work.length === AT_A_TIME) draft.append(await (work.shift() as Promise<Buffer>));
      const bytes = memory.subarray(slot * SEGMENT, slot * SEGMENT + Math.min(SEGMENT, content.size - at));
      content.readInto(bytes, at);
      draft.sum(bytes);
      work.push(compressSegment(bytes));
    }
    for (const deflated of work) draft.append(await deflated);
    const id = draft.close();
    if (options.has(id)) return { id, pack: undefined };
    // The disk takes its time, which nobody has to wait for.
    await syncData(file.fd);
    return { id, pack: draft.publish(id, options) };
  } finally {
    file.discard();
  }
}

/** A pack of one blob while it is written. */
class Draft {
  readonly #file: TemporaryFile;
  readonly #id = createHash('sha1');
  readonly #checksum = createHash('sha1');
  readonly #adler = new Adler32();
  #sum: Buffer = Buffer.alloc(0);
  #crc = 0;
  #bytes = 0;

  constructor(file: TemporaryFile, size: number) {
    this.#file = file;
    this.#id.update(`blob ${size}\0`);
    this.#put(packHeader(1));
    const header = Buffer.alloc(MAX_ENTRY_HEADER);
    this.append(header.subarray(0, writeEntryHeader(header, 0, 'blob', size)));
    this.append(STREAM_HEADER);
  }

  /** Takes the next bytes of the content into the sums. */
  sum(bytes: Uint8Array): void {
    this.#id.update(bytes);
    this.#adler.update(bytes);
  }

  /** Appends to the entry. */
  append(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
    this.#put(bytes);
  }

  /** Completes the content. */
  close(): ObjectId {
    this.append(LAST_BLOCK);
    const adler = Buffer.alloc(STREAM_TRAILER);
    adler.writeUInt32BE(this.#adler.sum);
    this.append(adler);
    this.#sum = this.#checksum.digest();
    this.#file.write(this.#sum);
    return parseObjectId(this.#id.digest('hex'));
  }

  publish(id: ObjectId, { packFolder, keep }: LongBlobOptions): WrittenPack {
    const rows = [{ id, offset: PACK_HEADER, crc: this.#crc }];
    const pack = { file: this.#file, rows, checksum: this.#sum, bytes: this.#bytes + this.#sum.length };
    return publishPack(packFolder, pack, { keep, sync: 'contents' });
  }

  #put(bytes: Uint8Array): void {
    this.#checksum.update(bytes);
    this.#file.write(bytes);
    this.#bytes += bytes.length;
  }
}
