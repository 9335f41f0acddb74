import { createHash } from 'node:crypto';
import { nextCut } from '../chunk.ts';
import type { Digest } from '../ids.ts';
import { writeChunk } from './chunk-write.ts';
import { MAX_CHUNK } from './limits.ts';
import type { ChunkIntake, ObjectSink, StoredChunk } from './objects.ts';
import { chunkName, type PartKind, type WrittenPart } from './part.ts';

/**
 * Stores a part that comes piece by piece and is cut by content, with memory for a few chunks only. The same bytes give
 * the same objects as a part written at once, however they are cut into pieces.
 */
export class StreamedPart {
  readonly #sink: ObjectSink;
  readonly #kind: Exclude<PartKind, 'numeric'>;
  readonly #hash = createHash('sha256');
  /** Where the chunks stored so far begin, and what became of them, except those that `#intake` has. */
  readonly #starts: number[] = [];
  readonly #chunks: StoredChunk[] = [];
  readonly #threads: boolean;
  #intake: ChunkIntake | undefined;
  /** What is not stored yet lies in it from `#start` to `#end`. */
  readonly #buffer = new Uint8Array(4 * MAX_CHUNK);
  #start = 0;
  #end = 0;
  /** Bytes stored as chunks. */
  #stored = 0;

  /** With `threads` it may use {@link ObjectSink.chunks}: then {@link close} must be called in the end, come what may. */
  constructor(sink: ObjectSink, { kind = 'bytes', threads = false }: StreamedPartOptions = {}) {
    this.#sink = sink;
    this.#kind = kind;
    this.#threads = threads;
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
    const info = { kind: this.#kind, size: this.size, digest: this.#hash.digest('hex') as Digest };
    if (this.#stored === 0) {
      const chunk = writeChunk(this.#sink, this.#buffer.subarray(this.#start, this.#end), true);
      return { info, mode: '100644', ...chunk };
    }
    while (this.#end > this.#start) this.#cut();
    const entries = [...this.#chunks, ...(this.#intake?.finish() ?? [])].map(({ id, compressed }, i) => {
      return { mode: '100644', name: chunkName(this.#starts[i] ?? 0, compressed), id } as const;
    });
    return { info, mode: '40000', id: this.#sink.tree(entries), compressed: false };
  }

  /** Lets go of the threads; to be called once, when all is done or something threw. */
  close(): void {
    this.#intake?.close();
  }

  #cut(): void {
    const end = nextCut(this.#buffer.subarray(0, this.#end), this.#start);
    const bytes = this.#buffer.subarray(this.#start, end);
    this.#starts.push(this.#stored);
    if (this.#threads && this.#starts.length === WORTH_THREADS) this.#intake = this.#sink.chunks?.({});
    if (this.#intake !== undefined) this.#intake.add(bytes);
    // What does not shrink once rarely does later.
    else this.#chunks.push(writeChunk(this.#sink, bytes, this.#chunks[0]?.compressed ?? true));
    this.#stored += bytes.length;
    this.#start = end;
  }

  #makeRoom(): void {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }
}

/** How a {@link StreamedPart} is stored. */
export interface StreamedPartOptions {
  /** Numbers are not cut by content. */
  readonly kind?: Exclude<PartKind, 'numeric'>;
  readonly threads?: boolean;
}

// A part of so many chunks is helped by threads: starting them takes as long as some of them.
const WORTH_THREADS = 8;

/** Stores a part of kind `bytes` from its pieces in order. */
export function writePieces(sink: ObjectSink, pieces: Iterable<Uint8Array>): WrittenPart {
  const part = new StreamedPart(sink, { threads: true });
  try {
    for (const piece of pieces) part.push(piece);
    return part.finish();
  } finally {
    part.close();
  }
}
