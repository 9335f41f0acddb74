import { createHash } from 'node:crypto';
import { nextCut } from '../chunk.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { Digest } from '../ids.ts';
import { writeChunk } from './chunk-write.ts';
import { MAX_CHUNK } from './limits.ts';
import type { ObjectSink } from './objects.ts';
import { chunkName, type WrittenPart } from './part.ts';

/**
 * Stores a part of kind `bytes` that comes piece by piece, with memory for a few chunks only. The same bytes give the
 * same objects as a part written at once, however they are cut into pieces.
 */
export class StreamedPart {
  readonly #sink: ObjectSink;
  readonly #hash = createHash('sha256');
  readonly #chunks: TreeEntry[] = [];
  /** What is not stored yet lies in it from `#start` to `#end`. */
  readonly #buffer = new Uint8Array(4 * MAX_CHUNK);
  #start = 0;
  #end = 0;
  /** Bytes stored as chunks. */
  #stored = 0;
  #shrinks = true;

  constructor(sink: ObjectSink) {
    this.#sink = sink;
  }

  /** Bytes taken in so far. */
  get size(): number {
    return this.#stored + this.#end - this.#start;
  }

  /** Takes the next bytes, which stay the caller's. */
  push(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length; ) {
      if (this.#end === this.#buffer.length) this.#makeRoom();
      const taken = Math.min(bytes.length - at, this.#buffer.length - this.#end);
      this.#buffer.set(bytes.subarray(at, at + taken), this.#end);
      this.#end += taken;
      at += taken;
      // A chunk is cut once it is certain that more bytes than the largest chunk has are there.
      while (this.#end - this.#start > MAX_CHUNK) this.#cut();
    }
  }

  /** Stores what is left. */
  finish(): WrittenPart {
    const info = { kind: 'bytes', size: this.size, digest: this.#hash.digest('hex') as Digest } as const;
    if (this.#stored === 0) {
      const chunk = writeChunk(this.#sink, this.#buffer.subarray(this.#start, this.#end), true);
      return { info, mode: '100644', ...chunk };
    }
    while (this.#end > this.#start) this.#cut();
    return { info, mode: '40000', id: this.#sink.tree(this.#chunks), compressed: false };
  }

  #cut(): void {
    const end = nextCut(this.#buffer.subarray(0, this.#end), this.#start);
    const bytes = this.#buffer.subarray(this.#start, end);
    const { id, compressed } = writeChunk(this.#sink, bytes, this.#shrinks);
    if (this.#stored === 0) this.#shrinks = compressed;
    this.#chunks.push({ mode: '100644', name: chunkName(this.#stored, compressed), id });
    this.#stored += bytes.length;
    this.#start = end;
  }

  #makeRoom(): void {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }
}

/** Stores a part of kind `bytes` from its pieces in order. */
export function writePieces(sink: ObjectSink, pieces: Iterable<Uint8Array>): WrittenPart {
  const part = new StreamedPart(sink);
  for (const piece of pieces) part.push(piece);
  return part.finish();
}
