import { objectIdOf } from '../git/object.ts';
import { decodeTree, encodeTree, type TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';
import type { ObjectSink, ObjectSource } from './objects.ts';

/**
 * An object database in memory, for tests; stricter than the real one: it copies what comes in and goes out, refuses
 * names git would refuse and trees over objects nobody stored, and counts what is read.
 */
export class FakeObjects implements ObjectSink, ObjectSource {
  readonly objects = new Map<ObjectId, { readonly type: 'blob' | 'tree'; readonly body: Buffer }>();
  /** Objects read since the start or since a test cleared it. */
  readonly reads: ObjectId[] = [];

  blob(bytes: Uint8Array, options?: { compressed?: boolean }): ObjectId;
  blob(id: ObjectId): Uint8Array;
  blob(given: Uint8Array | ObjectId): ObjectId | Uint8Array {
    if (typeof given !== 'string') return this.#add('blob', Buffer.from(given));
    return Uint8Array.from(this.#get('blob', given));
  }

  tree(entries: readonly TreeEntry[]): ObjectId;
  tree(id: ObjectId): readonly TreeEntry[];
  tree(given: readonly TreeEntry[] | ObjectId): ObjectId | readonly TreeEntry[] {
    if (typeof given === 'string') return decodeTree(this.#get('tree', given));
    for (const { id, mode, name } of given) {
      const type = this.objects.get(id)?.type;
      if (type !== (mode === '40000' ? 'tree' : 'blob'))
        throw new Error(`Entry "${name}" names ${id}, which is ${type}.`);
    }
    return this.#add('tree', encodeTree(given));
  }

  storedBytes(id: ObjectId): number {
    const object = this.objects.get(id);
    if (object === undefined) throw new Error(`There is no ${id}.`);
    return object.body.length;
  }

  /** Every blob and tree below an entry, for tests that damage one. */
  below(entry: TreeEntry): ObjectId[] {
    if (entry.mode !== '40000') return [entry.id];
    return [entry.id, ...this.tree(entry.id).flatMap((child) => this.below(child))];
  }

  /** Puts other bytes in the place of an object, as a broken disk would. */
  damage(id: ObjectId, body: Uint8Array): void {
    const { type } = this.objects.get(id) ?? { type: 'blob' as const };
    this.objects.set(id, { type, body: Buffer.from(body) });
  }

  #add(type: 'blob' | 'tree', body: Buffer): ObjectId {
    const id = objectIdOf(type, body);
    this.objects.set(id, { type, body });
    return id;
  }

  #get(type: 'blob' | 'tree', id: ObjectId): Buffer {
    const object = this.objects.get(id);
    if (object?.type !== type) throw new Error(`There is no ${type} ${id}.`);
    this.reads.push(id);
    return object.body;
  }
}
