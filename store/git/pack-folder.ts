import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../atomic-file.ts';
import type { ObjectId } from '../ids.ts';
import { BoundedCache } from './bounded-cache.ts';
import { MalformedObjectError } from './errors.ts';
import { type GitObject, objectIdOf } from './object.ts';
import { PackIndex } from './pack-index.ts';
import { PackReader } from './pack-reader.ts';

/** What looking for an object in one place gave: the object, or bytes that are not it. */
export type Finding = { readonly object: GitObject } | { readonly damage: string; readonly cause?: unknown };

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
    this.refresh();
  }

  /** Looks at the folder again; false when nothing can have changed. */
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

  has(id: ObjectId): boolean {
    const key = Buffer.from(id, 'hex');
    for (let i = 0; i < this.#names.length; i++) {
      if ((this.#index(this.#names[i])?.find(key) ?? -1) < 0) continue;
      this.#promote(i);
      return true;
    }
    return false;
  }

  /** The object from the first pack that has it whole; else what is wrong with it; undefined when no pack lists it. */
  read(id: ObjectId, verify: boolean): Finding | undefined {
    const key = Buffer.from(id, 'hex');
    let damage: Finding | undefined;
    for (let i = 0; i < this.#names.length; i++) {
      const name = this.#names[i];
      const index = this.#index(name);
      const row = index?.find(key) ?? -1;
      if (name === undefined || index === undefined || row < 0) continue;
      const finding = this.#readFrom({ name, index, row }, verify ? id : undefined);
      if (finding === undefined) continue;
      this.#promote(i);
      if ('object' in finding) return finding;
      damage ??= finding;
    }
    return damage;
  }

  /** A damaged index or pack that may be why an object was not found. */
  damage(): Finding | undefined {
    for (const name of this.#names) {
      const index = this.#index(name);
      if (index !== undefined && !index.intact) this.#damaged.set(name, undefined);
      if (!existsSync(join(this.#path, `${name}.pack`))) {
        return {
          damage: `the pack "${join(this.#path, `${name}.pack`)}" is missing, but its index is there`,
        };
      }
    }
    for (const [name, cause] of this.#damaged) {
      return { damage: `the index "${join(this.#path, `${name}.idx`)}" is damaged`, cause };
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

  #index(name: string | undefined): PackIndex | undefined {
    if (name === undefined || this.#damaged.has(name)) return undefined;
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    try {
      return this.#indexes.set(name, new PackIndex(readFileSync(join(this.#path, `${name}.idx`))));
    } catch (error) {
      this.#notice(name, error);
      return undefined;
    }
  }

  #readFrom(
    place: { name: string; index: PackIndex; row: number },
    expected?: ObjectId,
  ): Finding | undefined {
    const { name, index, row } = place;
    const path = join(this.#path, `${name}.pack`);
    try {
      const reader = this.#readers.get(name) ?? this.#readers.set(name, new PackReader(path, index));
      const object = reader.read(index.offsetAt(row));
      if (expected === undefined || objectIdOf(object.type, object.body) === expected) return { object };
      return { damage: `"${path}" has another content in its place` };
    } catch (error) {
      if (error instanceof MalformedObjectError)
        return { damage: `"${path}": ${error.problem}`, cause: error };
      this.#notice(name, error);
      return undefined;
    }
  }

  // A pack that is gone was replaced by another process, and the next refresh finds its successor.
  #notice(name: string, error: unknown): void {
    if (error instanceof MalformedObjectError) {
      this.#damaged.set(name, error);
      return;
    }
    if (errorCode(error) !== 'ENOENT') throw error;
    this.#time = Number.NaN;
    this.#stale = true;
  }

  #forget(name: string): void {
    this.#indexes.delete(name);
    this.#readers.delete(name);
    this.#damaged.delete(name);
  }

  #promote(place: number): void {
    if (place === 0) return;
    const [name] = this.#names.splice(place, 1);
    if (name !== undefined) this.#names.unshift(name);
  }
}
