import { join } from 'node:path';
import { MalformedObjectError } from '../git/errors.ts';
import { looseIds } from '../git/loose.ts';
import type { PackIndex } from '../git/pack-index.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { entryAt } from '../plain-files.ts';
import { IdTable } from './id-table.ts';
import { listPacks, type PackFile, rowsInPackOrder } from './pack-file.ts';

/** Every object of a store by number, and how many bytes it takes on disk. */
export class StoredObjects {
  readonly #ids = new IdTable();
  readonly #bytes: number[] = [];

  /** Looks through the indexes of all packs and the folders of loose objects. Reads no object. */
  static scan(repository: Repository): StoredObjects {
    const objects = new StoredObjects();
    for (const pack of listPacks(repository.packFolder)) {
      const index = indexOf(pack);
      if (index !== undefined) objects.#addPack(pack, index);
    }
    const folder = join(repository.path, 'objects');
    for (const id of looseIds(folder, '')) {
      const stat = entryAt(loosePath(folder, id));
      objects.#add(id, stat?.size ?? 0);
    }
    return objects;
  }

  /** How many objects are known. */
  get size(): number {
    return this.#ids.size;
  }

  /** The number of an object; one written since the scan gets a new one, and counts no bytes. */
  numberOf(id: ObjectId): number {
    const number = this.#ids.add(id);
    this.#bytes[number] ??= 0;
    return number;
  }

  /** Bytes an object takes on disk, compressed; stored twice it counts once. */
  bytesOf(number: number): number {
    return this.#bytes[number] ?? 0;
  }

  /** Bytes of all objects. */
  get bytes(): number {
    return this.#bytes.reduce((sum, bytes) => sum + bytes, 0);
  }

  #addPack(pack: PackFile, index: PackIndex): void {
    const rows = rowsInPackOrder(index);
    for (const [at, row] of rows.entries()) {
      const next = rows[at + 1];
      const end = next === undefined ? pack.bytes - PACK_TRAILER : index.offsetAt(next);
      this.#add(index.idAt(row), end - index.offsetAt(row));
    }
  }

  #add(id: ObjectId, bytes: number): void {
    const number = this.#ids.add(id);
    this.#bytes[number] ??= bytes;
  }
}

const PACK_TRAILER = 20;

/** Path of a loose object relative to `objects`. */
export const loosePath = (objects: string, id: ObjectId): string =>
  join(objects, id.slice(0, 2), id.slice(2));

function indexOf(pack: PackFile): PackIndex | undefined {
  try {
    return pack.index();
  } catch (error) {
    // Damage is for fsck to tell; its objects count nothing.
    if (error instanceof MalformedObjectError) return undefined;
    throw error;
  }
}
