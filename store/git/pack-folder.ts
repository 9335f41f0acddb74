import { sep } from 'node:path';
import type { ObjectId } from '../ids.ts';
import { TooLargeError } from '../limits.ts';
import { entryAt, isAbsent, namesIn, StoreEntryError } from '../plain-files.ts';
import { BoundedCache } from './bounded-cache.ts';
import { MalformedObjectError } from './errors.ts';
import { FileReplacedError } from './file-replaced.ts';
import type { Damage, Finding } from './finding.ts';
import { type BlobContent, SegmentedBlob } from './long-blob-read.ts';
import { objectIdOf } from './object.ts';
import { openIndex } from './open-index.ts';
import { openPacks } from './open-packs.ts';
import type { PackIndex } from './pack-index.ts';
import { PackReader } from './pack-reader.ts';
import type { PackedObject } from './packed-object.ts';

/** A pack as far as it is known; its index is loaded when first wanted. */
interface Pack {
  readonly name: string;
  index: PackIndex | undefined;
  /** Why the index cannot be used. */
  damage: Damage | undefined;
}

/** Where a pack has an object. */
interface Place {
  readonly pack: Pack;
  readonly index: PackIndex;
  readonly row: number;
}

const MAX_INDEX_BYTES = 256 << 20;
/** A folder changed twice within one tick of the file system's clock shows one time; this is several ticks, in ms. */
const CLOCK_TICK = 20;

/** All packs of a folder. Other processes may add and remove packs at any time; {@link refresh} catches up. */
export class PackFolder {
  readonly #path: string;
  // Most recently useful first: objects wanted together are mostly packed together.
  #packs: Pack[] = [];
  #time = Number.NaN;
  // A pack was gone when it was wanted.
  #stale = false;
  // The index hangs on its pack as well, so that looking through many packs is a plain loop.
  readonly #indexes = new BoundedCache<Pack, PackIndex>({
    limit: MAX_INDEX_BYTES,
    weigh: (index) => index.bytes,
    dispose: (_, pack) => {
      pack.index = undefined;
    },
  });

  constructor(path: string) {
    this.#path = path;
  }

  /** Looks at the folder again; false when that brought nothing new. */
  refresh(): boolean {
    const time = entryAt(this.#path)?.mtimeMs ?? 0;
    if (time === this.#time) return false;
    const settled = Date.now() - time > CLOCK_TICK;
    const present = new Set(this.#list());
    const known = this.#packs.filter((pack) => present.delete(pack.name) || this.#forget(pack));
    const changed = this.#stale || known.length !== this.#packs.length || present.size > 0;
    for (const pack of known) pack.damage = undefined; // It may have been mended.
    this.#packs = [...Array.from(present, newPack), ...known];
    this.#time = settled ? time : Number.NaN;
    this.#stale = false;
    return changed;
  }

  /** Makes a pack known that this process has just written. */
  add(name: string): void {
    if (!this.#packs.some((pack) => pack.name === name)) this.#packs.unshift(newPack(name));
  }

  /** Whether a pack lists the object. */
  has(id: ObjectId): boolean {
    return this.#find(Buffer.from(id, 'hex'), 0) !== undefined;
  }

  /** Names of the packs that list the object. */
  packsWith(id: ObjectId): string[] {
    const key = Buffer.from(id, 'hex');
    return this.#packs.filter((pack) => this.#look(pack, key) !== undefined).map(({ name }) => name);
  }

  /** The object from the first pack that has it whole; else what is wrong with it; undefined when no pack lists it. */
  read(id: ObjectId, verify: boolean): Finding | undefined {
    let damage: Damage | undefined;
    for (const place of this.#places(id)) {
      const result = this.#from(place, (reader) => reader.read(place.index.offsetAt(place.row)));
      if (result === undefined) continue;
      if ('damage' in result) {
        damage ??= result;
        continue;
      }
      const { type, body } = result.found;
      if (!verify || objectIdOf(type, body) === id) return { object: result.found };
      damage ??= { damage: `"${this.#file(place.pack, 'pack')}" has another content in its place` };
    }
    return damage;
  }

  /** Reads a blob into memory of its size, unchecked; false when no pack offers that. */
  readInto(id: ObjectId, target: Uint8Array): boolean {
    const read = (reader: PackReader, { index, row }: Place) => reader.readInto(index.offsetAt(row), target);
    return this.#first(id, (reader, place) => read(reader, place) || undefined) ?? false;
  }

  /** Bytes the object takes in a pack, of a delta those of the delta; undefined when no pack lists it. */
  storedBytes(id: ObjectId): number | undefined {
    return this.#first(id, (reader, { index, row }) => reader.span(index.offsetAt(row)));
  }

  /** The object as a pack stores it, checked by CRC; undefined when none stores it whole and undeltified. */
  readPacked(id: ObjectId): PackedObject | undefined {
    return this.#first(id, (reader, { row }) => reader.readPacked(row));
  }

  /** The content of a long blob, read piece by piece; undefined when no pack stores it so that this is possible. */
  segmented(id: ObjectId, findAgain: () => BlobContent): SegmentedBlob | undefined {
    for (const { pack, index, row } of this.#places(id)) {
      try {
        const offset = index.offsetAt(row);
        const place = { path: this.#file(pack, 'pack'), offset, end: index.next(offset) };
        const content = SegmentedBlob.open(id, place, findAgain);
        if (content !== undefined) return content;
      } catch (error) {
        if (!(error instanceof MalformedObjectError || error instanceof StoreEntryError)) this.#notice(error); // Reading it as a whole tells.
      }
    }
    return undefined;
  }

  /** A damaged or incomplete pack that may be why an object was not found. */
  damage(): Damage | undefined {
    for (const pack of this.#packs) {
      const index = this.#index(pack);
      if (pack.damage !== undefined) return pack.damage;
      if (index?.intact === false) return { damage: `"${this.#file(pack, 'idx')}" is damaged` };
      if (entryAt(this.#file(pack, 'pack')) === undefined) {
        return { damage: `"${this.#file(pack, 'idx')}" is there without its pack` };
      }
    }
    return undefined;
  }

  /** Ids that begin with a hex prefix; an id in several packs comes several times. */
  *startingWith(prefix: string): Iterable<ObjectId> {
    for (const pack of [...this.#packs]) {
      const index = this.#index(pack);
      yield* (index && this.#ask(pack, () => [...index.startingWith(prefix)])) ?? [];
    }
  }

  /** Closes files and forgets what was read; everything opens again when needed. */
  close(): void {
    for (const pack of this.#packs) openPacks.delete(pack);
    this.#indexes.clear();
  }

  // What the first pack gives that lists the object and has something to give.
  #first<T>(id: ObjectId, get: (reader: PackReader, place: Place) => T | undefined): T | undefined {
    for (const place of this.#places(id)) {
      const result = this.#from(place, (reader) => get(reader, place));
      if (result !== undefined && 'found' in result && result.found !== undefined) return result.found;
    }
    return undefined;
  }

  // Every place where the object is listed. The pack of a place that is asked for moves to the front.
  *#places(id: ObjectId): Iterable<Place> {
    const key = Buffer.from(id, 'hex');
    let start = 0;
    for (let place = this.#find(key, 0); place !== undefined; place = this.#find(key, start)) {
      const at = this.#packs.indexOf(place.pack, start);
      if (at > 0) this.#packs.unshift(...this.#packs.splice(at, 1));
      this.#indexes.get(place.pack); // It is of use: others are dropped first.
      yield place;
      start = at + 1;
    }
  }

  // The first pack from `start` on that lists the object, and where.
  #find(key: Buffer, start: number): Place | undefined {
    for (let at = start; at < this.#packs.length; at++) {
      const place = this.#look(this.#packs[at] as Pack, key);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  // Where one pack lists the object, if it does.
  #look(pack: Pack, key: Buffer): Place | undefined {
    const index = pack.index ?? this.#index(pack);
    if (index === undefined) return undefined;
    const row = this.#ask(pack, () => index.find(key)) ?? -1;
    return row < 0 ? undefined : { pack, index, row };
  }

  // What the index of a pack says; much of a long one is read only now.
  #ask<T>(pack: Pack, question: () => T): T | undefined {
    try {
      return question();
    } catch (error) {
      this.#indexes.delete(pack);
      this.#unusable(pack, error);
      return undefined;
    }
  }

  #index(pack: Pack): PackIndex | undefined {
    const known = this.#indexes.get(pack);
    if (known !== undefined || pack.damage !== undefined) return known;
    try {
      pack.index = openIndex(this.#file(pack, 'idx'));
      return this.#indexes.set(pack, pack.index);
    } catch (error) {
      this.#unusable(pack, error);
      return undefined;
    }
  }

  // What went wrong with the index of a pack: it is damaged, or gone.
  #unusable(pack: Pack, error: unknown): void {
    if (error instanceof TooLargeError) pack.damage = { damage: error.message, cause: error };
    else if (error instanceof MalformedObjectError)
      pack.damage = { damage: `"${this.#file(pack, 'idx')}" is damaged`, cause: error };
    else if (error instanceof StoreEntryError)
      pack.damage = { damage: `"${error.path}" is ${error.found}`, cause: error };
    else this.#notice(error);
  }

  // What an open pack gives, or what is wrong there; undefined when the pack is gone.
  #from<T>({ pack, index }: Place, get: (reader: PackReader) => T): { found: T } | Damage | undefined {
    const path = this.#file(pack, 'pack');
    try {
      const reader = openPacks.get(pack) ?? openPacks.set(pack, new PackReader(path, index));
      return { found: get(reader) };
    } catch (error) {
      if (error instanceof TooLargeError) return { damage: error.message, cause: error };
      if (error instanceof MalformedObjectError)
        return { damage: `"${path}": ${error.problem}`, cause: error };
      if (error instanceof StoreEntryError) return { damage: `"${path}" is ${error.found}`, cause: error };
      this.#notice(error);
      return undefined;
    }
  }

  #list(): string[] {
    const files = namesIn(this.#path);
    return files.filter((file) => /^[^.].*\.idx$/.test(file)).map((file) => file.slice(0, -4));
  }

  // A pack that is gone was replaced by another process: the next refresh finds its successor.
  #notice(error: unknown): void {
    if (!isAbsent(error) && !(error instanceof FileReplacedError)) throw error;
    this.#time = Number.NaN;
    this.#stale = true;
  }

  #forget(pack: Pack): false {
    this.#indexes.delete(pack);
    openPacks.delete(pack);
    return false;
  }

  #file(pack: Pack, kind: 'pack' | 'idx'): string {
    return `${this.#path}${sep}${pack.name}.${kind}`;
  }
}

function newPack(name: string): Pack {
  return { name, index: undefined, damage: undefined };
}
