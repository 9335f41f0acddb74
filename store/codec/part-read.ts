import { createHash } from 'node:crypto';
import { decompress, ZstdUnavailableError } from '../compress.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';
import { ALWAYS_THERE, checkMemory } from '../limits.ts';
import { WORTH_ZSTD } from './chunk-write.ts';
import { ArtifactCorruptError } from './errors.ts';
import { MAX_CHUNK } from './limits.ts';
import type { ObjectSource } from './objects.ts';
import { type PartInfo, type PartKind, parseChunkName, parsePartName, type WrittenPart } from './part.ts';

/** Reads the parts of one artifact: whole and checked against their digest, or a range by the chunks it touches. */
export class PartReader {
  readonly parts: readonly PartInfo[];
  readonly #artifact: string;
  readonly #source: ObjectSource;
  readonly #entries: readonly TreeEntry[];
  readonly #chunks = new Map<number, readonly Chunk[]>();
  /** Bytes that were taken since it was asked how many there are: a value may have one part any number of times. */
  #unasked = 0;
  #last: { chunk: Chunk; bytes: Uint8Array } | undefined;

  /** `tree` is the tree `parts/`. Throws an {@link ArtifactCorruptError} when it does not hold what `parts` lists. */
  constructor(
    artifact: string,
    source: ObjectSource,
    parts: readonly PartInfo[],
    tree: ObjectId | undefined,
  ) {
    this.parts = parts;
    this.#artifact = artifact;
    this.#source = source;
    this.#entries = this.#matchEntries(tree === undefined ? [] : source.tree(tree));
  }

  /** What value.json says about a part. Throws an {@link ArtifactCorruptError} when there is no such part. */
  info(index: number, ...kinds: PartKind[]): PartInfo {
    const part = this.parts[index];
    if (part === undefined) throw this.corrupt('value.json', `refers to part ${index}, which does not exist`);
    if (kinds.length > 0 && !kinds.includes(part.kind)) {
      throw this.corrupt('value.json', `uses part ${index} as ${kinds.join(' or ')}, but it is ${part.kind}`);
    }
    return part;
  }

  /** Bytes of a part, for which chunks are there. Throws an {@link ArtifactCorruptError} when they are not. */
  size(index: number, ...kinds: PartKind[]): number {
    const { size } = this.info(index, ...kinds);
    this.#chunksOf(index);
    return size;
  }

  /** A whole part in memory of its own, its digest verified. */
  bytes(index: number): Uint8Array<ArrayBuffer> {
    const { size, digest } = this.info(index);
    const bytes = this.#allocate(index, size);
    let found = this.#fill(index, bytes, true);
    // Every object verified: the error that names the damaged one, or another, sound copy of it.
    if (found !== digest) found = this.#fill(index, bytes, false);
    if (found !== digest)
      throw this.corrupt(`parts/${index}`, `has the SHA-256 ${found} instead of ${digest}`);
    return bytes;
  }

  /** The bytes from `start` up to `end` of a part, in memory of their own; reads the chunks they lie in and no other. */
  range(index: number, start: number, end: number): Uint8Array<ArrayBuffer> {
    const { size } = this.info(index);
    if (!(start >= 0 && start <= end && end <= size)) {
      throw this.corrupt(
        'value.json',
        `refers to bytes ${start} to ${end} of part ${index}, which has ${size}`,
      );
    }
    const bytes = this.#allocate(index, end - start);
    for (const chunk of this.#chunksOf(index)) {
      if (chunk.end <= start || chunk.start >= end) continue;
      const from = Math.max(start, chunk.start);
      const piece = this.#cachedChunk(index, chunk).subarray(
        from - chunk.start,
        Math.min(end, chunk.end) - chunk.start,
      );
      bytes.set(piece, from - start);
    }
    return bytes;
  }

  /** The bytes from `start` up to `end` of a part, a chunk or less at a time; the caller must not change them. */
  *pieces(index: number, start: number, end: number): Generator<Uint8Array> {
    for (const chunk of this.#chunksOf(index)) {
      if (chunk.end <= start || chunk.start >= end) continue;
      const bytes = this.#cachedChunk(index, chunk);
      yield bytes.subarray(Math.max(0, start - chunk.start), Math.min(end, chunk.end) - chunk.start);
    }
  }

  /** The chunks of a part in order, without reading any. Equal ids hold equal bytes. Throws an {@link ArtifactCorruptError}. */
  chunks(index: number): readonly Chunk[] {
    return this.#chunksOf(index);
  }

  /** A part as it lies in the store, for an artifact that has the same. */
  written(index: number): WrittenPart {
    const info = this.info(index);
    const { mode, id, name } = this.#entries[index] as TreeEntry;
    return { info, mode: mode === '40000' ? mode : '100644', id, compressed: name.endsWith('.zst') };
  }

  /** The bytes a field of a skeleton stands for: base64 text, or the number of a part. */
  content(field: unknown): Uint8Array<ArrayBuffer> {
    if (typeof field === 'number') return this.bytes(field);
    if (typeof field === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(field))
      return new Uint8Array(Buffer.from(field, 'base64'));
    throw this.corrupt('value.json', 'has broken bytes');
  }

  /** A stretch of such bytes, verified when it is all of them. */
  contentRange(field: unknown, start: number, end: number): Uint8Array<ArrayBuffer> {
    if (typeof field === 'number' && !(start === 0 && end === this.info(field).size))
      return this.range(field, start, end);
    const all = this.content(field);
    if (end <= all.length) return start === 0 && end === all.length ? all : all.slice(start, end);
    throw this.corrupt('value.json', `refers to bytes ${start} to ${end} of ${all.length}`);
  }

  #matchEntries(entries: readonly TreeEntry[]): TreeEntry[] {
    const found: TreeEntry[] = [];
    for (const entry of entries) {
      const name = parsePartName(entry.name);
      if (name === undefined || name.index >= this.parts.length || found[name.index] !== undefined) {
        throw this.corrupt(`parts/${entry.name}`, 'is not listed in value.json');
      }
      found[name.index] = entry;
    }
    const missing = this.parts.findIndex((_, index) => found[index] === undefined);
    if (missing >= 0) throw this.corrupt(`parts/${missing}`, 'is missing');
    return found;
  }

  #chunksOf(index: number): readonly Chunk[] {
    const known = this.#chunks.get(index);
    if (known !== undefined) return known;
    const entry = this.#entries[index];
    if (entry === undefined) throw this.corrupt(`parts/${index}`, 'is missing');
    const { size } = this.info(index);
    const chunks = entry.mode === '40000' ? this.#listChunks(index, entry) : [this.#onlyChunk(entry, size)];
    const broken = chunks.find(({ start, end }) => (end <= start && size > 0) || end - start > MAX_CHUNK);
    if (broken !== undefined || chunks[0]?.start !== 0 || chunks.at(-1)?.end !== size) {
      throw this.corrupt(
        `parts/${index}`,
        `does not hold chunks of at most ${MAX_CHUNK} bytes that make up ${size}`,
      );
    }
    this.#chunks.set(index, chunks);
    return chunks;
  }

  #onlyChunk(entry: TreeEntry, size: number): Chunk {
    return { start: 0, end: size, id: entry.id, compressed: entry.name.endsWith('.zst') };
  }

  #listChunks(index: number, entry: TreeEntry): Chunk[] {
    const { size } = this.info(index);
    const starts = this.#source.tree(entry.id).map(({ name, id, mode }) => {
      const parsed = mode === '100644' ? parseChunkName(name) : undefined;
      if (parsed === undefined) throw this.corrupt(`parts/${index}/${name}`, 'is not a chunk');
      return { start: parsed.offset, id, compressed: parsed.compressed };
    });
    return starts.map((chunk, i) => ({ ...chunk, end: starts[i + 1]?.start ?? size }));
  }

  // Returns the SHA-256 of what it read. When it may read directly, that is all that speaks for the bytes.
  #fill(index: number, bytes: Uint8Array, directly: boolean): string {
    const hash = createHash('sha256');
    for (const chunk of this.#chunksOf(index)) {
      const { id, start, end, compressed } = chunk;
      const target = bytes.subarray(start, end);
      const isRead =
        directly &&
        !compressed &&
        target.length >= WORTH_ZSTD &&
        this.#source.blobInto?.(id, target) === true;
      if (!isRead) target.set(this.#chunkBytes(index, chunk));
      hash.update(target);
    }
    return hash.digest('hex');
  }

  #cachedChunk(index: number, chunk: Chunk): Uint8Array {
    if (this.#last?.chunk !== chunk) this.#last = { chunk, bytes: this.#chunkBytes(index, chunk) };
    return this.#last.bytes;
  }

  #chunkBytes(index: number, { start, end, id, compressed }: Chunk): Uint8Array {
    const stored = this.#source.blob(id);
    const where = `parts/${index} at byte ${start} (object ${id})`;
    if (compressed) {
      try {
        return decompress(stored, end - start);
      } catch (cause) {
        // Says nothing about the bytes.
        if (cause instanceof ZstdUnavailableError) throw cause;
        throw this.corrupt(where, cause instanceof Error ? cause.message : 'does not decompress', cause);
      }
    }
    if (stored.length !== end - start)
      throw this.corrupt(where, `has ${stored.length} bytes instead of ${end - start}`);
    return stored;
  }

  #allocate(index: number, size: number): Uint8Array<ArrayBuffer> {
    this.#chunksOf(index); // Proves that chunks for so many bytes are there before memory is taken for them.
    this.#take(size);
    try {
      // Filled whole by who asks for it, or thrown away: clearing it first would touch it twice, and fresh memory can be dear.
      return size < WORTH_ZSTD ? new Uint8Array(size) : new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
    } catch (cause) {
      throw this.corrupt(`parts/${index}`, `claims ${size} bytes, more than fit into memory`, cause);
    }
  }

  // Asking the system how much memory is left takes long beside a small part.
  #take(size: number): void {
    this.#unasked += size;
    if (this.#unasked <= ALWAYS_THERE) return;
    checkMemory(size, () => `Artifact "${this.#artifact}"`);
    this.#unasked = 0;
  }

  /** The error that says what is wrong with this artifact. */
  corrupt(where: string, problem: string, cause?: unknown): ArtifactCorruptError {
    return new ArtifactCorruptError(
      this.#artifact,
      where,
      problem,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** A stretch of a part that is stored as one object: its bytes from `start` up to `end`. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly id: ObjectId;
  readonly compressed: boolean;
}
