import { createHash, type Hash } from 'node:crypto';
import { readSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { syncFolder, TemporaryFile, writeFileAtomically } from '../atomic-file.ts';
import type { ObjectId } from '../ids.ts';
import { MAX_ENTRY_HEADER, writeEntryHeader } from './pack-entry.ts';
import { encodeIndex, type IndexRow } from './pack-index.ts';
import type { PackedObject } from './packed-object.ts';

/** A pack that is visible to every reader. */
export interface WrittenPack {
  /** `pack-<checksum>`, without a suffix. */
  readonly name: string;
  /** Path of the `.pack` file. */
  readonly path: string;
  readonly objects: number;
  /** Size of the `.pack` file. */
  readonly bytes: number;
}

/** How a pack is written. */
export interface PackWriteOptions {
  /** Text of a `.keep` file, which is there before the pack is: no native git may then drop the pack. */
  readonly keep?: string;
  /** Whether the pack must survive a power cut once this returns. */
  readonly sync: boolean;
}

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
  const file = TemporaryFile.in(packFolder, 0o444);
  try {
    const draft = new PackDraft(file);
    for (const object of objects) draft.append(object);
    if (draft.rows.length === 0) return undefined;
    const checksum = draft.close(options.sync);
    const name = `pack-${checksum.toString('hex')}`;
    publish(join(packFolder, name), { file, index: encodeIndex(draft.rows, checksum), options });
    if (options.sync) syncFolder(packFolder);
    return { name, path: join(packFolder, `${name}.pack`), objects: draft.rows.length, bytes: draft.bytes };
  } finally {
    file.discard();
  }
}

interface Publication {
  readonly file: TemporaryFile;
  readonly index: Buffer;
  readonly options: PackWriteOptions;
}

// Order matters: the keep file before the pack, and the index last, because readers look for packs by their indexes.
function publish(base: string, { file, index, options }: Publication): void {
  const { keep, sync } = options;
  const indexFile = TemporaryFile.in(dirname(base), 0o444);
  try {
    indexFile.write(index);
    indexFile.finish(sync);
    if (keep !== undefined) writeFileAtomically(`${base}.keep`, keep, { sync: false });
    renameSync(file.path, `${base}.pack`);
    indexFile.publish(`${base}.idx`, sync);
  } finally {
    indexFile.discard();
  }
}

const FLUSH_AT = 4 << 20;
const HEADER = 12;
const TRAILER = 20;

/**
 * A pack being written. Its header holds the number of objects, which is known last, and is covered by the checksum:
 * a pack that fits the buffer is hashed there, a bigger one is read once more.
 */
class PackDraft {
  readonly rows: IndexRow[] = [];
  readonly #file: TemporaryFile;
  readonly #seen = new Set<ObjectId>();
  readonly #buffer = Buffer.allocUnsafeSlow(FLUSH_AT);
  #used = HEADER;
  #flushed = 0;

  constructor(file: TemporaryFile) {
    this.#file = file;
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
    this.#write(deflated);
    this.rows.push({ id, offset, crc });
  }

  /** Completes the file and returns its checksum. */
  close(sync: boolean): Buffer {
    const header = Buffer.alloc(HEADER);
    header.write('PACK');
    header.writeUInt32BE(2, 4);
    header.writeUInt32BE(this.rows.length, 8);
    if (this.#flushed === 0) header.copy(this.#buffer);
    else this.#file.write(header, 0);
    const hash = createHash('sha1');
    this.#hashFlushed(hash);
    const checksum = hash.update(this.#buffer.subarray(0, this.#used)).digest();
    if (this.#used + TRAILER > FLUSH_AT) this.#flush();
    this.#buffer.set(checksum, this.#used);
    this.#used += TRAILER;
    this.#flush();
    this.#file.finish(sync);
    return checksum;
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #write(bytes: Uint8Array): void {
    this.#file.write(bytes, this.#flushed);
    this.#flushed += bytes.length;
  }

  #hashFlushed(hash: Hash): void {
    const piece = Buffer.allocUnsafe(Math.min(this.#flushed, 1 << 20));
    for (let at = 0; at < this.#flushed; ) {
      const read = readSync(this.#file.fd, piece, 0, Math.min(piece.length, this.#flushed - at), at);
      if (read === 0)
        throw new Error(`"${this.#file.path}" was shortened by another process while it was written.`);
      hash.update(piece.subarray(0, read));
      at += read;
    }
  }
}
