import { existsSync, readdirSync, readFileSync, rmSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../atomic-file.ts';
import { PackIndex } from '../git/pack-index.ts';
import { PackReader } from '../git/pack-reader.ts';

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
    return existsSync(this.file('mtimes')) || existsSync(this.file('promisor'));
  }

  /** Reads the whole index. Throws a MalformedObjectError for a damaged one. */
  index(): PackIndex {
    return new PackIndex(readFileSync(this.file('idx')));
  }

  /** Opens the pack for reading. The caller closes it. Throws a MalformedObjectError for a damaged one. */
  open(index: PackIndex): PackReader {
    return new PackReader(this.file('pack'), index);
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

/** The packs of a folder that readers see, the smallest first. */
export function listPacks(folder: string): PackFile[] {
  const packs: PackFile[] = [];
  for (const file of names(folder)) {
    if (!/^[^.].*\.idx$/.test(file)) continue;
    const name = file.slice(0, -'.idx'.length);
    const stat = statSync(join(folder, `${name}.pack`), { throwIfNoEntry: false });
    if (stat !== undefined) packs.push(new PackFile(folder, name, stat));
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

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
