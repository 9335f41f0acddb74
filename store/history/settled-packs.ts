import { join } from 'node:path';
import { openIndex } from '../git/open-index.ts';
import type { PackIndex } from '../git/pack-index.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { namesIn } from '../plain-files.ts';

/** Indexes beyond so many bytes are not looked into: reading them would hold up the run. */
const MAX_INDEX_BYTES = 64 << 20;

/** After so many look-ups there will be many more. */
const WORTH_A_FILTER = 256;

/**
 * What packs without a `.keep` hold, as they were at the last {@link look}: those of runs that have ended. What lies there
 * need not be stored again; a pack with a `.keep` may go when its run ends. In memory it is quicker than a look-up that
 * misses and goes on to loose files: a run asks for every object it makes.
 */
export class SettledPacks {
  readonly #repository: Repository;
  readonly #key = Buffer.alloc(20);
  #indexes = new Map<string, PackIndex>();
  #filter: PrefixFilter | undefined;
  #lookups = 0;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** Looks at the folder again. What is there may go at any time: whoever relies on it holds it (see pack-holds.ts). */
  look(): void {
    const { packFolder } = this.#repository;
    const files = new Set(namesIn(packFolder));
    const before = this.#indexes;
    this.#indexes = new Map();
    this.#filter = undefined;
    this.#lookups = 0;
    let bytes = 0;
    // A pack that runs have held has several names.
    const seen = new Set<string>();
    for (const file of files) {
      if (!/^pack-.*\.idx$/.test(file) || files.has(file.replace(/\.idx$/, '.keep'))) continue;
      const index = before.get(file) ?? readIndex(join(packFolder, file));
      const checksum = index?.packChecksum.toString('latin1') ?? '';
      if (index === undefined || seen.has(checksum)) continue;
      seen.add(checksum);
      this.#indexes.set(file, index);
      bytes += index.bytes;
      if (bytes > MAX_INDEX_BYTES) break;
    }
  }

  /** Whether an object was in one of these packs. */
  has(id: ObjectId): boolean {
    this.#key.write(id, 'hex');
    if (this.#lookups++ === WORTH_A_FILTER) this.#makeFilter();
    if (this.#filter?.has(this.#key.readUInt32BE(0)) === false) return false;
    for (const file of this.#indexes.keys())
      if (this.#ask(file, (index) => index.find(this.#key) >= 0)) return true;
    return false;
  }

  #makeFilter(): void {
    let count = 0;
    for (const index of this.#indexes.values()) count += index.count;
    const filter = new PrefixFilter(count);
    for (const file of this.#indexes.keys()) this.#ask(file, (index) => filter.add(index));
    this.#filter = filter;
  }

  /**
   * What an index says. Much of a long one is read only now, when its pack may have been merged into another: then it is left out, as when it
   * cannot be read for any other reason, and what it held is stored again.
   */
  #ask<T>(file: string, question: (index: PackIndex) => T): T | undefined {
    const index = this.#indexes.get(file);
    try {
      return index && question(index);
    } catch {
      this.#indexes.delete(file);
      return undefined;
    }
  }
}

/** Which of the first bits that names may have some name has: tells of most others in one step that no pack has them. */
class PrefixFilter {
  readonly #bits: Uint8Array;
  readonly #shift: number;

  constructor(count: number) {
    // Sixteen bits to a name: one in sixteen that no pack has is looked for in vain.
    const width = Math.min(32, Math.ceil(Math.log2(count + 1)) + 4);
    this.#shift = 32 - width;
    this.#bits = new Uint8Array(Math.ceil(2 ** width / 8));
  }

  add(index: PackIndex): void {
    for (let row = 0; row < index.count; row++) this.#add(index.prefixAt(row));
  }

  has(prefix: number): boolean {
    const bit = prefix >>> this.#shift;
    return ((this.#bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }

  #add(prefix: number): void {
    const bit = prefix >>> this.#shift;
    this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }
}

/** Undefined for a pack that has gone meanwhile, is damaged or cannot be read: what it held is stored again. */
function readIndex(path: string): PackIndex | undefined {
  try {
    return openIndex(path);
  } catch {
    return undefined;
  }
}
