import { closeSync, fstatSync, readSync, readvSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { checkSize } from '../limits.ts';
import { openPlain } from '../plain-files.ts';
import { BoundedCache } from './bounded-cache.ts';
import { applyDelta, resultSize } from './delta.ts';
import { MalformedObjectError } from './errors.ts';
import type { GitObject, ObjectType } from './object.ts';
import { type EntryHeader, MAX_ENTRY_HEADER, readEntryHeader } from './pack-entry.ts';
import type { PackIndex } from './pack-index.ts';
import type { PackedObject } from './packed-object.ts';
import { inflate, isStoredFrame, storedBound, storedBuffers } from './zlib-stream.ts';

const HEADER = 12;
const TRAILER = 20;
/** Bytes read at once: neighbours in a pack are often read one after the other. */
const WINDOW = 16 << 10;
/** Bytes of delta bases kept for each open pack. */
const BASES = 2 << 20;
/** Git makes chains of at most 4,095 deltas. */
const MAX_CHAIN = 4096;

/** A pack file open for reading. What it throws for damaged bytes is a {@link MalformedObjectError}, for too many a TooLargeError. */
export class PackReader {
  readonly #path: string;
  readonly #fd: number;
  readonly #end: number;
  readonly #index: PackIndex;
  readonly #bases: BoundedCache<number, GitObject>;
  #window: Buffer = NOTHING;
  #windowAt = 0;

  /** Opens the file and checks that it is the pack of this index. */
  constructor(path: string, index: PackIndex) {
    this.#path = path;
    this.#index = index;
    this.#bases = new BoundedCache({ limit: BASES, weigh: (base) => base.body.length });
    this.#fd = openPlain(path);
    closeWhenForgotten.register(this, this.#fd, this);
    this.#end = fstatSync(this.#fd).size - TRAILER;
    try {
      this.#checkOutline();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    closeWhenForgotten.unregister(this);
    closeSync(this.#fd);
  }

  /** How many bytes of the pack the object takes that begins at `offset`. */
  span(offset: number): number {
    return (this.#index.next(offset) ?? this.#end) - offset;
  }

  /** The object that begins at `offset`, deltas applied. */
  read(offset: number): GitObject {
    const deltas: Delta[] = [];
    let at = offset;
    let made = 0;
    let found = this.#base(at);
    while (found === undefined) {
      const entry = this.#entry(at);
      if ('type' in entry) {
        found = entry;
        break;
      }
      if (deltas.length === MAX_CHAIN) throw malformed('its chain of deltas is too long');
      made += entry.delta.length + resultSize(entry.delta);
      checkSize('deltas', made, () => `${this.#what(offset)}, with its chain of deltas,`);
      deltas.push({ at, delta: entry.delta });
      at = entry.base;
      found = this.#bases.get(at);
    }
    return this.#applyAll({ at, object: found }, deltas);
  }

  /**
   * Reads a blob of as many bytes as `target` has straight into it, when it is stored as it is; false when it is stored in
   * any other way. Nothing about the bytes is checked.
   */
  readInto(offset: number, target: Uint8Array): boolean {
    if (offset < HEADER || offset >= this.#end) return false;
    const { kind, size, length } = readEntryHeader(
      this.#bytes(offset, Math.min(MAX_ENTRY_HEADER, this.#end - offset)),
    );
    if (kind !== 'blob' || size !== target.length) return false;
    const buffers = storedBuffers(target);
    const wanted = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    return readvSync(this.#fd, buffers, offset + length) === wanted && isStoredFrame(buffers, size);
  }

  /** The object in a row of the index as it is stored, for another pack; undefined for a delta, and where the index has no checksums. */
  readPacked(row: number): PackedObject | undefined {
    const at = this.#index.offsetAt(row);
    const end = this.#index.next(at) ?? this.#end;
    if (at < HEADER || end <= at || end > this.#end)
      throw malformed(`it should begin at ${at}, outside of the pack`);
    const crc = this.#index.crcAt(row);
    if (crc === undefined) return undefined;
    checkSize('object', end - at, () => this.#what(at));
    const bytes = this.#bytes(at, end - at);
    if (crc32(bytes) !== crc) throw malformed('its checksum is wrong');
    const { kind, size, length } = readEntryHeader(bytes);
    if (kind === 'offset-delta' || kind === 'id-delta') return undefined;
    return {
      id: this.#index.idAt(row),
      type: kind,
      size,
      deflated: Uint8Array.prototype.slice.call(bytes, length),
    };
  }

  // What the caller gets must not be the copy others build upon.
  #base(at: number): GitObject | undefined {
    const base = this.#bases.get(at);
    return base && { type: base.type, body: Buffer.from(base.body) };
  }

  #applyAll(base: { at: number; object: GitObject }, deltas: readonly Delta[]): GitObject {
    let { at, object } = base;
    for (const step of deltas.toReversed()) {
      if (object.body.length <= BASES) this.#bases.set(at, object);
      object = { type: object.type, body: applyDelta(object.body, step.delta) };
      at = step.at;
    }
    return object;
  }

  #entry(at: number): GitObject | { readonly base: number; readonly delta: Buffer } {
    if (at < HEADER || at >= this.#end) throw malformed(`it should begin at ${at}, outside of the pack`);
    const header = readEntryHeader(this.#bytes(at, Math.min(MAX_ENTRY_HEADER, this.#end - at)));
    const kind = header.kind === 'tree' || header.kind === 'commit' ? header.kind : 'object';
    checkSize(kind, header.size, () => this.#what(at));
    const base = this.#baseOf(header, at);
    const body = this.#inflate(at + header.length, header.size);
    return base === undefined ? { type: header.kind as ObjectType, body } : { base, delta: body };
  }

  #what(at: number): string {
    return `The object at byte ${at} of "${this.#path}"`;
  }

  // Where the base begins; looked up before the next read, because an id lies in the window.
  #baseOf(header: EntryHeader, at: number): number | undefined {
    if (header.kind === 'offset-delta') {
      if (header.distance === 0) throw malformed('it is its own base');
      return at - header.distance;
    }
    if (header.kind !== 'id-delta') return undefined;
    const row = this.#index.find(header.base);
    if (row < 0) throw malformed(`its base ${header.base.toString('hex')} is not in the pack`);
    return this.#index.offsetAt(row);
  }

  // The length of a stream is not recorded. This much holds what any common deflate makes; else read on.
  #inflate(at: number, size: number): Buffer {
    const available = this.#end - at;
    let take = Math.min(available, storedBound(size));
    for (;;) {
      const result = inflate(this.#bytes(at, take), size);
      if (result.status === 'done') return result.body;
      if (result.status === 'damaged') throw malformed(result.problem, result.cause);
      if (take >= available) throw malformed('its zlib stream ends early');
      take = Math.min(available, take * 4);
    }
  }

  // A view that is good until the next call. Also reads some of what lies before: trees point back to their blobs.
  #bytes(at: number, length: number): Buffer {
    const skip = at - this.#windowAt;
    if (skip >= 0 && skip + length <= this.#window.length) return this.#window.subarray(skip, skip + length);
    if (length > WINDOW / 2) return this.#pread(Buffer.allocUnsafeSlow(length), at, length);
    const start = Math.max(0, at - WINDOW / 4);
    const target = this.#window.length === WINDOW ? this.#window : Buffer.allocUnsafeSlow(WINDOW);
    this.#window = NOTHING;
    this.#window = this.#pread(target, start, at - start + length);
    this.#windowAt = start;
    return this.#window.subarray(at - start, at - start + length);
  }

  #pread(target: Buffer, at: number, needed: number): Buffer {
    let done = 0;
    while (done < needed) {
      const read = readSync(this.#fd, target, done, target.length - done, at + done);
      if (read === 0) throw malformed('the pack ends before it');
      done += read;
    }
    return target.subarray(0, done);
  }

  #checkOutline(): void {
    if (this.#end < HEADER) throw malformed('the pack is cut short');
    const header = this.#bytes(0, HEADER);
    if (header.toString('latin1', 0, 4) !== 'PACK' || header.readUInt32BE(4) !== 2) {
      throw malformed('the pack is not of version 2');
    }
    if (header.readUInt32BE(8) !== this.#index.count)
      throw malformed('the pack and its index differ in count');
    const trailer = this.#pread(Buffer.alloc(TRAILER), this.#end, TRAILER);
    if (!trailer.equals(this.#index.packChecksum))
      throw malformed('the pack is not the one its index describes');
  }
}

const NOTHING: Buffer = Buffer.alloc(0);

interface Delta {
  readonly at: number;
  readonly delta: Buffer;
}

const closeWhenForgotten = new FinalizationRegistry((fd: number) => closeSync(fd));

function malformed(problem: string, cause?: unknown): MalformedObjectError {
  return new MalformedObjectError('pack entry', problem, { cause });
}
