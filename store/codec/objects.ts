import type { TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';

/** Takes the blobs and trees a value turns into. An implementation may keep them anywhere; it must not change them. */
export interface ObjectSink {
  /**
   * Stores bytes, which stay the caller's: an implementation that keeps them copies them. `compressed` says that
   * compressing them again is a waste of time; `logical` is how many bytes of a value they hold, when not as many as they are.
   */
  blob(bytes: Uint8Array, options?: BlobOptions): ObjectId;
  /** Is shown the bytes of a chunk before they are compressed for {@link blob}, one chunk after the other, and may throw. */
  inspect?(chunk: Uint8Array): void;
  /** Stores a tree whose entries were stored before it. */
  tree(entries: readonly TreeEntry[]): ObjectId;
  /** Whether an object is known to be where this sink's objects go: then it need not be stored again. */
  has?(id: ObjectId): boolean;
  /**
   * Takes the chunks of a part sooner than {@link blob} does and compresses them itself, where that is possible and worth
   * it: `bytes` in all, cut into `count` chunks of at most 1 MiB, or many when that is not known.
   */
  chunks?(part: { readonly count?: number; readonly bytes?: number }): ChunkIntake | undefined;
}

/** What a sink is told of bytes. */
export interface BlobOptions {
  readonly compressed?: boolean;
  readonly logical?: number;
}

/** Takes the chunks of one part, in order. */
export interface ChunkIntake {
  /** Takes a chunk, which stays the caller's. */
  add(chunk: Uint8Array): void;
  /** Stores what is on its way, and tells what became of each chunk. */
  finish(): readonly StoredChunk[];
  /** Must be called in the end, also when something threw; what was not finished by then is forgotten. */
  close(): void;
}

/** What became of a chunk. */
export interface StoredChunk {
  readonly id: ObjectId;
  /** Its blob is a zstd frame. */
  readonly compressed: boolean;
}

/** Gives back blobs and trees by name, or throws. Whoever asks must not change what it gets. */
export interface ObjectSource {
  blob(id: ObjectId): Uint8Array;
  /**
   * Reads a blob of as many bytes as `target` has into it without verifying it, or returns false, having written there or
   * not. Who calls it must verify the bytes and, when they are wrong, ask {@link blob}, which may have a sound copy.
   */
  blobInto?(id: ObjectId, target: Uint8Array): boolean;
  tree(id: ObjectId): readonly TreeEntry[];
  /** Bytes an object takes where it is stored; found out without reading it. */
  storedBytes(id: ObjectId): number;
}
