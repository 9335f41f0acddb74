import type { BlobOptions, ChunkIntake, ObjectSink } from '../codec/objects.ts';
import { type PackedObject, packObject } from '../git/packed-object.ts';
import { encodeTree, type TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';
import { type ChunkPackOptions, openChunkPack } from '../lanes/chunk-pack.ts';

/** Collects objects in memory, each id once, until somebody takes them to put into a pack. */
export class PackSink implements ObjectSink {
  #objects = new Map<ObjectId, PackedObject>();
  #bytes = 0;

  /** Compressed bytes waiting. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Objects waiting. */
  get size(): number {
    return this.#objects.size;
  }

  blob(bytes: Uint8Array, { compressed = false, logical }: BlobOptions = {}): ObjectId {
    const object = compressed ? packObject('blob', bytes, 0) : packObject('blob', bytes);
    return this.add(logical === undefined ? object : { ...object, logical });
  }

  tree(entries: readonly TreeEntry[]): ObjectId {
    return this.add(packObject('tree', encodeTree(entries)));
  }

  /** For a sink that writes packs: takes the chunks of a part into a pack of their own, with the help of other threads. */
  protected openPack(options: ChunkPackOptions): ChunkIntake | undefined {
    return openChunkPack(options);
  }

  /** For a sink that writes packs: brings what it has begun to an end. Throws the file system's own errors. */
  complete(): void {}

  /** Adds an object that is packed already. */
  add(object: PackedObject): ObjectId {
    if (!this.#objects.has(object.id)) {
      this.#objects.set(object.id, object);
      this.#bytes += object.deflated.byteLength;
    }
    return object.id;
  }

  has(id: ObjectId): boolean {
    return this.#objects.has(id);
  }

  /** The object when it waits here. */
  get(id: ObjectId): PackedObject | undefined {
    return this.#objects.get(id);
  }

  /** Hands over everything that waits and forgets it. */
  take(): PackedObject[] {
    const taken = [...this.#objects.values()];
    this.#objects = new Map();
    this.#bytes = 0;
    return taken;
  }
}
