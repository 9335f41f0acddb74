import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { TemporaryFile } from '../atomic-file.ts';
import type { ObjectId } from '../ids.ts';
import { MAX_ENTRY_HEADER, writeEntryHeader } from './pack-entry.ts';
import type { IndexRow } from './pack-index.ts';
import {
  type FinishedPack,
  hashWritten,
  PACK_HEADER,
  type PackWriteOptions,
  packHeader,
  publishPack,
  type WrittenPack,
} from './pack-publish.ts';
import type { PackedObject } from './packed-object.ts';

export type { PackWriteOptions, WrittenPack } from './pack-publish.ts';

/**
 * Writes objects as one pack and its index, repeated ids once; returns undefined, and writes nothing, when there are
 * none. Memory stays bounded by a few megabytes beside 28 bytes or so per object. A crash at any point leaves either
 * the whole pack or temporary files that no reader looks at. Throws the file system's own errors.
 */
export function writePack(
  packFolder: string,
  objects: Iterable<PackedObject>,
  options: PackWriteOptions,
): WrittenPack | undefined {
  const pack = draftPack(packFolder, objects);
  try {
    return pack && publishPack(packFolder, pack, options);
  } finally {
    pack?.file.discard();
  }
}

/**
 * As {@link writePack}, but nobody sees the pack before it is published, and until its file is discarded it leaves a temporary
 * one. Between the two the disk may do its work: see TemporaryFile.writeBack.
 */
export function draftPack(packFolder: string, objects: Iterable<PackedObject>): FinishedPack | undefined {
  const file = TemporaryFile.in(packFolder, 0o444);
  let isDone = false;
  try {
    const draft = new PackDraft(file, Array.isArray(objects) ? objects.length : undefined);
    for (const object of objects) draft.append(object);
    if (draft.rows.length === 0) return undefined;
    const checksum = draft.close();
    isDone = true;
    return { file, rows: draft.rows, checksum, bytes: draft.bytes };
  } finally {
    if (!isDone) file.discard();
  }
}

const FLUSH_AT = 4 << 20;

/**
 * A pack being written. Its header, covered by the checksum, holds the number of objects, which is known last: a pack
 * that fits the buffer is hashed there; a bigger one as it is written when `expected` objects are in it in the end, else
 * it is read once more.
 */
class PackDraft {
  readonly rows: IndexRow[] = [];
  readonly #file: TemporaryFile;
  readonly #seen = new Set<ObjectId>();
  readonly #buffer = Buffer.allocUnsafeSlow(FLUSH_AT);
  readonly #expected: number | undefined;
  readonly #hash = createHash('sha1');
  #used = PACK_HEADER;
  #flushed = 0;

  constructor(file: TemporaryFile, expected: number | undefined) {
    this.#file = file;
    this.#expected = expected;
    packHeader(expected ?? 0).copy(this.#buffer);
  }

  get bytes(): number {
    return this.#flushed + this.#used;
  }

  append({ id, type, size, deflated }: PackedObject): void {
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    const offset = this.bytes;
    if (this.#used + MAX_ENTRY_HEADER + deflated.length > FLUSH_AT) this.#flush();
    const start = this.#used;
    this.#used = writeEntryHeader(this.#buffer, start, type, size);
    if (this.#used + deflated.length <= FLUSH_AT) {
      this.#buffer.set(deflated, this.#used);
      this.#used += deflated.length;
      this.rows.push({ id, offset, crc: crc32(this.#buffer.subarray(start, this.#used)) });
      return;
    }
    const crc = crc32(deflated, crc32(this.#buffer.subarray(start, this.#used)));
    this.#flush();
    this.#writeEntries(deflated);
    this.rows.push({ id, offset, crc });
  }

  /** Completes the content and returns its checksum. */
  close(): Buffer {
    const header = packHeader(this.rows.length);
    if (this.#flushed === 0) header.copy(this.#buffer);
    else if (!this.#isExpected) this.#file.write(header, 0);
    const hash =
      this.#flushed === 0 || this.#isExpected ? this.#hash : hashWritten(this.#file, this.#flushed);
    const checksum = hash.update(this.#buffer.subarray(0, this.#used)).digest();
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
    this.#write(checksum);
    return checksum;
  }

  get #isExpected(): boolean {
    return this.#expected === this.rows.length;
  }

  #flush(): void {
    this.#writeEntries(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #writeEntries(bytes: Uint8Array): void {
    if (this.#expected !== undefined) this.#hash.update(bytes);
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    this.#file.write(bytes, this.#flushed);
    this.#flushed += bytes.length;
  }
}
