import { rmSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { MalformedObjectError } from '../git/errors.ts';
import { PackIndex } from '../git/pack-index.ts';
import { PackReader } from '../git/pack-reader.ts';
import { entryAt, namesIn, readPlain, StoreEntryError } from '../plain-files.ts';

/** Files that belong to a pack, by their suffix; `rev`, `bitmap` and `mtimes` are native git's. */
type PackSuffix = 'pack' | 'idx' | 'keep' | 'rev' | 'bitmap' | 'mtimes' | 'promisor';

/** A pack as a folder lists it. */
export class PackFile {
  readonly folder: string;
  /** `pack-<checksum>`. */
  readonly name: string;
  /** Size of the pack in bytes. */
  readonly bytes: number;
  /** When its objects were written, in milliseconds since 1970. */
  readonly time: number;

  /** Equal for names of the same pack. */
  readonly inode: number;

  constructor(folder: string, name: string, stat: Pick<Stats, 'size' | 'mtimeMs' | 'ino'>) {
    this.folder = folder;
    this.name = name;
    this.bytes = stat.size;
    this.time = stat.mtimeMs;
    this.inode = stat.ino;
  }

  /** Path of one of its files. */
  file(suffix: PackSuffix): string {
    return join(this.folder, `${this.name}.${suffix}`);
  }

  /** Whether native git has attached a meaning to the pack that a copy would lose. */
  get isSpecial(): boolean {
    return entryAt(this.file('mtimes')) !== undefined || this.isPromised;
  }

  /** Whether it came from the remote of a partial clone: what its objects point at may be missing. */
  get isPromised(): boolean {
    return entryAt(this.file('promisor')) !== undefined;
  }

  /** Reads the whole index. Throws a MalformedObjectError for a damaged one. */
  index(): PackIndex {
    return damagedUnlessPlain('pack index', () => new PackIndex(readPlain(this.file('idx'), 'index')));
  }

  /** Opens the pack for reading. The caller closes it. Throws a MalformedObjectError for a damaged one. */
  open(index: PackIndex): PackReader {
    return damagedUnlessPlain('pack', () => new PackReader(this.file('pack'), index));
  }

  /** Removes the pack with all that belongs to it. The index goes first: without it nobody looks into the pack. */
  remove(): void {
    // Git would look for the pack that its index over many packs lists; it does without such an index.
    rmSync(join(this.folder, 'multi-pack-index'), { force: true });
    for (const suffix of ['idx', 'rev', 'bitmap', 'mtimes', 'pack', 'keep'] as const) {
      rmSync(this.file(suffix), { force: true });
    }
  }
}

/** What is not a file, such as a symbolic link, is as useless as a damaged one. */
function damagedUnlessPlain<T>(kind: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof StoreEntryError)
      throw new MalformedObjectError(kind, `it is ${cause.found}`, { cause });
    throw cause;
  }
}

/** The packs of a folder that readers see, the smallest first. */
export function listPacks(folder: string): PackFile[] {
  const packs: PackFile[] = [];
  for (const file of namesIn(folder)) {
    if (!/^[^.].*\.idx$/.test(file)) continue;
    const name = file.slice(0, -'.idx'.length);
    const stat = entryAt(join(folder, `${name}.pack`));
    if (stat?.isFile()) packs.push(new PackFile(folder, name, stat));
  }
  return packs.sort((a, b) => a.bytes - b.bytes || (a.name < b.name ? -1 : 1));
}

/** The rows of an index in the order of the pack, which is the order to read in. */
export function rowsInPackOrder(index: PackIndex): Uint32Array {
  const offsets = Float64Array.from({ length: index.count }, (_, row) => index.offsetAt(row));
  return Uint32Array.from({ length: index.count }, (_, row) => row).sort(
    (a, b) => (offsets[a] as number) - (offsets[b] as number),
  );
}
