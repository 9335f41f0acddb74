import { hash } from 'node:crypto';
import type { TreeEntry } from '../git/tree.ts';
import type { Digest, ObjectId } from '../ids.ts';
import { writeChunk } from './chunk-write.ts';
import { StreamedPart } from './file-write.ts';
import { cutsOf, writeLargePart } from './large-part.ts';
import { INLINE_BYTES, MAX_CHUNK } from './limits.ts';
import type { ObjectSink } from './objects.ts';
import { chunkName, type PartInfo, type PartKind, partName, type WrittenPart } from './part.ts';

/** Writes the parts of one artifact to a sink, each distinct one once. */
export class PartWriter {
  readonly parts: PartInfo[] = [];
  /** A write threw: what is wrong is not the value. */
  failed = false;
  /** Files whose bytes come from streams that have to be read first; filled while a value is encoded. */
  readonly pending: object[] = [];
  readonly sink: ObjectSink;
  readonly #entries: TreeEntry[] = [];
  readonly #byDigest = new Map<string, number>();
  /** Writes that wait until it is certain that what they are part of can be stored; undefined when none has to. */
  #held: { readonly index: number; write(): void }[] | undefined;

  constructor(sink: ObjectSink) {
    this.sink = sink;
  }

  /** Stores raw bytes as a part and returns its number; equal bytes of the same kind get the same number. */
  add(bytes: Uint8Array, kind: PartKind): number {
    const isHeld = this.#held !== undefined;
    const large = bytes.length > MAX_CHUNK && !isHeld ? this.#writeLarge(bytes, kind) : undefined;
    if (large !== undefined) return this.adopt(large);
    const digest = hash('sha256', bytes) as Digest;
    const known = this.#byDigest.get(kind + digest);
    if (known !== undefined) return known;
    const index = this.parts.length;
    const write = () => {
      this.failed = true;
      this.#entries[index] = this.#write(bytes, kind, index);
      this.failed = false;
    };
    if (isHeld) this.#held?.push({ index, write });
    else write();
    this.parts.push({ kind, size: bytes.length, digest });
    this.#byDigest.set(kind + digest, index);
    return index;
  }

  /** Keeps what is added from now on in memory until it is certain that it is wanted. May be called again meanwhile. */
  hold(): HeldParts {
    const isOutermost = this.#held === undefined;
    this.#held ??= [];
    const held = this.#held;
    const before = { parts: this.parts.length, pending: this.pending.length };
    const end = (): void => {
      if (isOutermost) this.#held = undefined;
    };
    return {
      keep: () => {
        end();
        if (isOutermost) for (const { write } of held) write();
      },
      takeBack: () => {
        end();
        for (const { kind, digest } of this.parts.splice(before.parts)) this.#byDigest.delete(kind + digest);
        this.#entries.length = Math.min(this.#entries.length, before.parts);
        this.pending.length = before.pending;
        while ((held.at(-1)?.index ?? -1) >= before.parts) held.pop();
      },
    };
  }

  /** Takes in a part that is stored already; a known one gets the number it has. */
  adopt({ info, mode, id, compressed }: WrittenPart): number {
    const known = this.#byDigest.get(info.kind + info.digest);
    if (known !== undefined) return known;
    const index = this.parts.length;
    this.#entries[index] = { mode, name: partName(index, compressed), id };
    this.parts.push(info);
    this.#byDigest.set(info.kind + info.digest, index);
    return index;
  }

  /** Stores a part that comes piece by piece and is cut by content. */
  stream(kind: Exclude<PartKind, 'numeric'>): PartStream {
    const part = new StreamedPart(this.sink, { kind, threads: true });
    const guard = <T>(write: () => T): T => {
      this.failed = true;
      const result = write();
      this.failed = false;
      return result;
    };
    return {
      push: (bytes) => guard(() => part.push(bytes)),
      finish: () => this.adopt(guard(() => part.finish())),
      close: () => part.close(),
    };
  }

  /** Bytes as a field of a skeleton: base64 text when they are few, else the number of the part they become. */
  place(bytes: Uint8Array, kind: PartKind): string | number {
    if (bytes.length > INLINE_BYTES) return this.add(bytes, kind);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  }

  /** Stores the tree `parts/`, or nothing when there is no part. */
  tree(): ObjectId | undefined {
    return this.#entries.length === 0 ? undefined : this.sink.tree(this.#entries);
  }

  #writeLarge(bytes: Uint8Array, kind: PartKind): WrittenPart | undefined {
    this.failed = true;
    const written = writeLargePart(this.sink, bytes, kind);
    this.failed = false;
    return written;
  }

  #write(bytes: Uint8Array, kind: PartKind, index: number): TreeEntry {
    if (bytes.length <= MAX_CHUNK) {
      const { id, compressed } = writeChunk(this.sink, bytes, true);
      return { mode: '100644', name: partName(index, compressed), id };
    }
    const chunks = this.#writeChunks(bytes, cutsOf(bytes, kind));
    return { mode: '40000', name: partName(index, false), id: this.sink.tree(chunks) };
  }

  #writeChunks(bytes: Uint8Array, cuts: readonly number[]): TreeEntry[] {
    const chunks: TreeEntry[] = [];
    let start = 0;
    let shrinks = true; // Until the first chunk shows otherwise: what does not shrink once rarely does later.
    for (const end of cuts) {
      const { id, compressed } = writeChunk(this.sink, bytes.subarray(start, end), shrinks);
      if (start === 0) shrinks = compressed;
      chunks.push({ mode: '100644', name: chunkName(start, compressed), id });
      start = end;
    }
    return chunks;
  }
}

/** What was added to a {@link PartWriter} since it was told to hold. One of the two must be called. */
export interface HeldParts {
  /** It is wanted: it is written, unless somebody else still holds. */
  keep(): void;
  /** It is not, and leaves no trace. */
  takeBack(): void;
}

/** A part on its way to the sink. */
export interface PartStream {
  /** Takes the next bytes, which stay the caller's. */
  push(bytes: Uint8Array): void;
  /** Stores what is left and returns the part's number, that of an equal one where there is one. */
  finish(): number;
  /** Must be called in the end, also when something threw. */
  close(): void;
}
