import type { TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';

/** Takes the blobs and trees a value turns into. An implementation may keep them anywhere; it must not change them. */
export interface ObjectSink {
  /**
   * Stores bytes, which stay the caller's: an implementation that keeps them copies them. `compressed` says that
   * compressing them again is a waste of time.
   */
  blob(bytes: Uint8Array, options?: { compressed?: boolean }): ObjectId;
  /** Stores a tree whose entries were stored before it. */
  tree(entries: readonly TreeEntry[]): ObjectId;
  /** Whether an object is known to be where this sink's objects go: then it need not be stored again. */
  has?(id: ObjectId): boolean;
}

/** Gives back blobs and trees by name, or throws. Whoever asks must not change what it gets. */
export interface ObjectSource {
  blob(id: ObjectId): Uint8Array;
  tree(id: ObjectId): readonly TreeEntry[];
}
