import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../atomic-file.ts';
import type { ObjectId } from '../ids.ts';
import { BoundedCache } from './bounded-cache.ts';
import { MalformedObjectError } from './errors.ts';
import { type GitObject, objectIdOf } from './object.ts';
import { PackIndex } from './pack-index.ts';
import { PackReader } from './pack-reader.ts';
import type { PackedObject } from './packed-object.ts';

/** Bytes found where an object should be, which are not it: where they are and what is wrong with them. */
export interface Damage {
  readonly damage: string;
  readonly cause?: unknown;
}

/** What looking for an object in one place gave. */
export type Finding = { readonly object: GitObject } | Damage;

const MAX_INDEX_BYTES = 256 << 20;
const MAX_OPEN_PACKS = 64;
/** A folder changed twice within one tick of the file system's clock shows one time; this is several ticks, in ms. */
const CLOCK_TICK = 20;

/** All packs of a folder. Other processes may add and remove packs at any time; {@link refresh} catches up. */
export class PackFolder {
  readonly #path: string;
  // Most recently useful first: objects wanted together are mostly packed together.
  #names: string[] = [];
  #time = Number.NaN;
  // A pack was gone when it was wanted.
  #stale = false;
  readonly #damaged = new Map<string, unknown>();
  readonly #indexes = new BoundedCache<string, PackIndex>({
    limit: MAX_INDEX_BYTES,
    weigh: (index) => index.bytes,
  });
  readonly #readers = new BoundedCache<string, PackReader>({
    limit: MAX_OPEN_PACKS,
    weigh: () => 1,
    dispose: (reader) => reader.close(),
  });

  constructor(path: string) {
    this.#path = path;
  }

  /** Looks at the folder again; false when that brought nothing new. */
  refresh(): boolean {
    const time = statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (time === this.#time) return false;
    const settled = Date.now() - time > CLOCK_TICK;
    const present = new Set(this.#list());
    const known = this.#names.filter((name) => present.has(name));
    const changed = this.#stale || known.length !== this.#names.length || known.length !== present.size;
    for (const name of this.#names) if (!present.has(name)) this.#forget(name);
    for (const name of known) present.delete(name);
    this.#names = [...present, ...known];
    this.#time = settled ? time : Number.NaN;
    this.#stale = false;
    return changed;
  }

  /** Makes a pack known that this process has just written. */
  add(name: string): void {
    if (!this.#names.includes(name)) this.#names.unshift(name);
  }

  /** Whether a pack lists the object. */
  has(id: ObjectId): boolean {
    for (const _ of this.#places(id)) return true;
    return false;
  }

  /** The object from the first pack that has it whole; else what is wrong with it; undefined when no pack lists it. */
  read(id: ObjectId, verify: boolean): Finding | undefined {
    let damage: Damage | undefined;
    for (const place of this.#places(id)) {
      const result = this.#from(place, (reader, index) => reader.read(index.offsetAt(place.row)));
      if (result === undefined) continue;
      if ('damage' in result) {
        damage ??= result;
        continue;
      }
      const { type, body } = result.found;
      if (!verify || objectIdOf(type, body) === id) return { object: result.found };
      damage ??= { damage: `"${join(this.#path, `${place.name}.pack`)}" has another content in its place` };
    }
    return damage;
  }

  /** The object as a pack stores it, checked by CRC; undefined when none stores it whole and undeltified. */
  readPacked(id: ObjectId): PackedObject | undefined {
    for (const place of this.#places(id)) {
      const result = this.#from(place, (reader) => reader.readPacked(place.row));
      if (result !== undefined && 'found' in result && result.found !== undefined) return result.found;
    }
    return undefined;
  }

  /** A damaged or incomplete pack that may be why an object was not found. */
  damage(): Damage | undefined {
    for (const name of this.#names) {
      const base = join(this.#path, name);
      if (this.#index(name)?.intact === false) this.#damaged.set(name, undefined);
      if (this.#damaged.has(name)) {
        return { damage: `the index "${base}.idx" is damaged`, cause: this.#damaged.get(name) };
      }
      if (!existsSync(`${base}.pack`)) return { damage: `"${base}.idx" is there without its pack` };
    }
    return undefined;
  }

  /** Ids that begin with a hex prefix; an id in several packs comes several times. */
  *startingWith(prefix: string): Iterable<ObjectId> {
    for (const name of [...this.#names]) yield* this.#index(name)?.startingWith(prefix) ?? [];
  }

  /** Closes files and forgets what was read; everything opens again when needed. */
  close(): void {
    this.#readers.clear();
    this.#indexes.clear();
  }

  #list(): string[] {
    try {
      const files = readdirSync(this.#path);
      return files.filter((file) => file.endsWith('.idx')).map((file) => file.slice(0, -4));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  // Where the object is listed. A place that was of use moves its pack to the front.
  *#places(id: ObjectId): Iterable<Place> {
    const key = Buffer.from(id, 'hex');
    for (const [i, name] of this.#names.entries()) {
      const index = this.#index(name);
      const row = index?.find(key) ?? -1;
      if (index === undefined || row < 0) continue;
      if (i > 0) this.#names = [name, ...this.#names.filter((other) => other !== name)];
      yield { name, index, row };
    }
  }

  #index(name: string): PackIndex | undefined {
    const known = this.#indexes.get(name);
    if (known !== undefined || this.#damaged.has(name)) return known;
    try {
      return this.#indexes.set(name, new PackIndex(readFileSync(join(this.#path, `${name}.idx`))));
    } catch (error) {
      if (error instanceof MalformedObjectError) this.#damaged.set(name, error);
      else this.#notice(error);
      return undefined;
    }
  }

  // What an open pack gives, or what is wrong there; undefined when the pack is gone.
  #from<T>(
    place: Place,
    get: (reader: PackReader, index: PackIndex) => T,
  ): { found: T } | Damage | undefined {
    const { name, index } = place;
    const path = join(this.#path, `${name}.pack`);
    try {
      const reader = this.#readers.get(name) ?? this.#readers.set(name, new PackReader(path, index));
      return { found: get(reader, index) };
    } catch (error) {
      if (error instanceof MalformedObjectError)
        return { damage: `"${path}": ${error.problem}`, cause: error };
      this.#notice(error);
      return undefined;
    }
  }

  // A pack that is gone was replaced by another process: the next refresh finds its successor.
  #notice(error: unknown): void {
    if (errorCode(error) !== 'ENOENT') throw error;
    this.#time = Number.NaN;
    this.#stale = true;
  }

  #forget(name: string): void {
    this.#indexes.delete(name);
    this.#readers.delete(name);
    this.#damaged.delete(name);
  }
}

interface Place {
  readonly name: string;
  readonly index: PackIndex;
  readonly row: number;
}
