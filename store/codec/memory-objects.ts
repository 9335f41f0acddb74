import { objectIdOf } from '../git/object.ts';
import { encodeTree, type TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';
import type { ObjectSink, ObjectSource } from './objects.ts';

/** Objects that are kept in memory and belong to no store. */
export class MemoryObjects implements ObjectSink, ObjectSource {
  readonly #blobs = new Map<ObjectId, Uint8Array>();
  readonly #trees = new Map<ObjectId, readonly TreeEntry[]>();

  blob(bytes: Uint8Array): ObjectId;
  blob(id: ObjectId): Uint8Array;
  blob(given: Uint8Array | ObjectId): ObjectId | Uint8Array {
    if (typeof given === 'string') return this.#blobs.get(given) ?? failAbsent(given);
    const bytes = Buffer.from(given);
    const id = objectIdOf('blob', bytes);
    this.#blobs.set(id, bytes);
    return id;
  }

  tree(entries: readonly TreeEntry[]): ObjectId;
  tree(id: ObjectId): readonly TreeEntry[];
  tree(given: readonly TreeEntry[] | ObjectId): ObjectId | readonly TreeEntry[] {
    if (typeof given === 'string') return this.#trees.get(given) ?? failAbsent(given);
    const id = objectIdOf('tree', encodeTree(given));
    this.#trees.set(id, given);
    return id;
  }

  storedBytes(id: ObjectId): number {
    return this.#blobs.get(id)?.length ?? encodeTree(this.tree(id)).length;
  }
}

function failAbsent(id: ObjectId): never {
  throw new Error(`There is no object ${id}.`);
}
