import { isAbsolute, join } from 'node:path';
import type { ObjectId } from '../ids.ts';
import { isAbsent, readPlain } from '../plain-files.ts';
import type { Damage, Finding } from './finding.ts';
import type { BlobContent, SegmentedBlob } from './long-blob-read.ts';
import { hasLoose, looseBytes, looseIds, readLoose } from './loose.ts';
import { PackFolder } from './pack-folder.ts';
import type { PackedObject } from './packed-object.ts';

/** So often a read starts over because other processes keep replacing packs under it. */
const MAX_ATTEMPTS = 10;
/** Git follows alternates of alternates this far. */
const MAX_DEPTH = 5;

interface ObjectFolder {
  readonly path: string;
  readonly packs: PackFolder;
}

/** The objects folder of a repository and those it borrows from (`objects/info/alternates`): packs and loose objects. */
export class ObjectFolders {
  readonly #own: ObjectFolder;
  readonly #all: readonly ObjectFolder[];

  constructor(path: string) {
    this.#all = [...withAlternates(path)].map((folder) => ({
      path: folder,
      packs: new PackFolder(join(folder, 'pack')),
    }));
    this.#own = this.#all[0] as ObjectFolder;
  }

  /** The object; or what is wrong with the copies that were found; undefined when there is none. */
  read(id: ObjectId, verify: boolean): Finding | undefined {
    for (let attempt = 0; ; attempt++) {
      const finding = this.#readOnce(id, verify);
      if (finding !== undefined && 'object' in finding) return finding;
      // Another process may have packed the object, or replaced the pack it was in, since we looked.
      if (attempt < MAX_ATTEMPTS && this.#refresh()) continue;
      return finding ?? this.#damage();
    }
  }

  /** The object as a pack stores it; undefined when it must be read and packed anew. */
  readPacked(id: ObjectId): PackedObject | undefined {
    for (let attempt = 0; ; attempt++) {
      for (const { packs } of this.#all) {
        const packed = packs.readPacked(id);
        if (packed !== undefined) return packed;
      }
      if (attempt >= MAX_ATTEMPTS || !this.#refresh()) return undefined;
    }
  }

  /** Reads a blob from a known pack into memory of its size, unchecked; false when that is not possible. */
  readInto(id: ObjectId, target: Uint8Array): boolean {
    return this.#all.some(({ packs }) => packs.readInto(id, target));
  }

  /** The content of a long blob, read piece by piece; undefined when it has to be read as a whole. */
  segmented(id: ObjectId, findAgain: () => BlobContent): SegmentedBlob | undefined {
    for (let attempt = 0; ; attempt++) {
      for (const { packs } of this.#all) {
        const content = packs.segmented(id, findAgain);
        if (content !== undefined) return content;
      }
      if (attempt >= MAX_ATTEMPTS || !this.#refresh()) return undefined;
    }
  }

  /** Bytes the object takes on disk; undefined when there is none. */
  storedBytes(id: ObjectId): number | undefined {
    for (let attempt = 0; ; attempt++) {
      for (const { path, packs } of this.#all) {
        const bytes = packs.storedBytes(id) ?? looseBytes(path, id);
        if (bytes !== undefined) return bytes;
      }
      if (attempt >= MAX_ATTEMPTS || !this.#refresh()) return undefined;
    }
  }

  has(id: ObjectId): boolean {
    for (let attempt = 0; ; attempt++) {
      if (this.#all.some(({ path, packs }) => packs.has(id) || hasLoose(path, id))) return true;
      if (attempt >= MAX_ATTEMPTS || !this.#refresh()) return false;
    }
  }

  /** Names of the repository's own packs that list the object, as far as they are known, or `fresh` after another look. */
  packsWith(id: ObjectId, fresh: boolean): string[] {
    if (fresh) this.#own.packs.refresh();
    return this.#own.packs.packsWith(id);
  }

  *startingWith(prefix: string): Iterable<ObjectId> {
    this.#refresh();
    for (const { path, packs } of this.#all) {
      yield* looseIds(path, prefix); // Loose first: what is packed meanwhile turns up in a pack.
      packs.refresh();
      yield* packs.startingWith(prefix);
    }
  }

  addPack(name: string): void {
    this.#own.packs.add(name);
  }

  close(): void {
    for (const { packs } of this.#all) packs.close();
  }

  #readOnce(id: ObjectId, verify: boolean): Finding | undefined {
    let damage: Finding | undefined;
    for (const { path, packs } of this.#all) {
      for (const look of [() => packs.read(id, verify), () => readLoose(path, id, verify)]) {
        const finding = look();
        if (finding !== undefined && 'object' in finding) return finding;
        damage ??= finding;
      }
    }
    return damage;
  }

  #refresh(): boolean {
    return this.#all.map(({ packs }) => packs.refresh()).includes(true);
  }

  #damage(): Damage | undefined {
    for (const { packs } of this.#all) {
      const damage = packs.damage();
      if (damage !== undefined) return damage;
    }
    return undefined;
  }
}

/** The objects folder of a repository, then those it borrows from, and those they borrow from. */
export const objectFolders = (path: string): string[] => [...withAlternates(path)];

function withAlternates(path: string, depth = 0): Set<string> {
  const found = new Set([path]);
  if (depth === MAX_DEPTH) return found;
  for (const line of alternatesOf(path)) {
    const folder = isAbsolute(line) ? line : join(path, line);
    for (const each of withAlternates(folder, depth + 1)) found.add(each);
  }
  return found;
}

function alternatesOf(path: string): string[] {
  try {
    const text = readPlain(join(path, 'info', 'alternates')).toString();
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
