import { createHash } from 'node:crypto';
import { closeSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { errorCode } from '../atomic-file.ts';
import { OxbowError } from '../errors.ts';
import { MalformedObjectError, ObjectTypeError } from '../git/errors.ts';
import { looseIds, readLoose } from '../git/loose.ts';
import { type GitObject, objectIdOf } from '../git/object.ts';
import { objectFolders } from '../git/object-folders.ts';
import type { PackIndex } from '../git/pack-index.ts';
import type { PackReader } from '../git/pack-reader.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { entryAt, namesIn, openPlain, readPlain } from '../plain-files.ts';
import type { FileDamage } from './damage.ts';
import { type OnProgress, paced } from './events.ts';
import { type SpecialBlob, structureProblem } from './fsck-structure.ts';
import { type SpecialFile, specialProblem } from './fsck-tree.ts';
import { ObjectTable } from './object-table.ts';
import { listPacks, type PackFile, rowsInPackOrder } from './pack-file.ts';

/** What reading every object gave. */
export interface ObjectScan {
  readonly objects: ObjectTable;
  readonly damage: readonly FileDamage[];
}

/**
 * Reads and hashes every object of every pack and loose file, and the checksum of every pack and index, of the store and of those it
 * borrows from; and judges each object by git's rules. A file that goes away meanwhile is passed over: what needs its objects
 * will look for them.
 */
export function scanObjects(repository: Repository, onProgress?: OnProgress): ObjectScan {
  const scan = new Scan(repository, onProgress);
  const folders = objectFolders(join(repository.path, 'objects'));
  const packs = folders.map((folder) => listPacks(join(folder, 'pack')));
  scan.packs(packs.flat());
  for (const [at, folder] of folders.entries()) {
    scan.strayIndexes(join(folder, 'pack'), packs[at] ?? []);
    scan.loose(folder);
  }
  scan.specialBlobs();
  return scan;
}

/** What is read of one object, and where from. */
interface Copy {
  readonly id: ObjectId;
  readonly file: string;
  /** Reads it, and throws a MalformedObjectError for damage. */
  readonly read: () => GitObject;
}

class Scan implements ObjectScan {
  readonly objects = new ObjectTable();
  readonly damage: FileDamage[] = [];
  readonly #repository: Repository;
  readonly #onProgress: OnProgress | undefined;
  readonly #special: SpecialBlob[] = [];
  #isPartial = false;

  constructor(repository: Repository, onProgress: OnProgress | undefined) {
    this.#repository = repository;
    this.#onProgress = onProgress;
  }

  packs(packs: readonly PackFile[]): void {
    this.#isPartial = packs.some(({ isPromised }) => isPromised);
    const total = packs.reduce((sum, { bytes }) => sum + bytes, 0);
    const tell = paced(this.#onProgress, 'packs', total);
    let done = 0;
    for (const pack of packs) {
      // Merged into another pack since it was listed.
      ifThere(() => this.#pack(pack, (bytes) => tell(done + bytes)));
      done += pack.bytes;
      tell(done);
    }
  }

  /** Indexes whose pack is missing: their objects are lost unless another pack has them. */
  strayIndexes(folder: string, packs: readonly PackFile[]): void {
    const known = new Set(packs.map(({ name }) => name));
    for (const file of namesIn(folder)) {
      const name = file.slice(0, -'.idx'.length);
      if (!/^[^.].*\.idx$/.test(file) || known.has(name)) continue;
      // A merge may have removed both since the packs were listed.
      if (entryAt(join(folder, file)) && !entryAt(join(folder, `${name}.pack`)))
        this.#hurt(join(folder, file), 'is there without its pack');
    }
  }

  loose(folder: string): void {
    for (const name of namesIn(folder)) {
      if (/^[0-9a-f]{2}$/.test(name) && entryAt(join(folder, name))?.isDirectory() === false)
        this.#hurt(join(folder, name), 'is not a folder');
    }
    const ids = [...looseIds(folder, '')];
    const tell = paced(this.#onProgress, 'loose', ids.length);
    for (const [at, id] of ids.entries()) {
      ifThere(() => this.#looseObject(folder, id));
      tell(at + 1);
    }
  }

  /** What git judges by the name that a tree gives it. */
  specialBlobs(): void {
    for (const { id, file } of this.#special) {
      const problem = this.#specialProblem(file, id);
      if (problem !== undefined) this.#hurt(join(this.#repository.path, 'objects'), problem, id);
    }
  }

  #specialProblem(file: SpecialFile, id: ObjectId): string | undefined {
    try {
      return specialProblem(file, this.#repository.blob(id));
    } catch (error) {
      if (error instanceof ObjectTypeError) return `is a ${error.found} in place of ${file}`;
      if (!(error instanceof OxbowError)) throw error;
      return this.#isPartial ? undefined : `is missing or damaged, and should be ${file}`;
    }
  }

  #pack(pack: PackFile, tell: (bytes: number) => void): void {
    const index = this.#try(pack.file('idx'), () => pack.index());
    if (index === undefined) return;
    if (!index.intact) this.#hurt(pack.file('idx'), 'has a wrong checksum');
    if (this.#try(pack.file('pack'), () => hasRightChecksum(pack)) === false)
      this.#hurt(pack.file('pack'), 'has a wrong checksum');
    const reader = this.#try(pack.file('pack'), () => pack.open(index));
    if (reader === undefined) return;
    try {
      this.#rows(pack, index, { reader, tell });
    } finally {
      reader.close();
    }
  }

  #rows(
    pack: PackFile,
    index: PackIndex,
    { reader, tell }: { readonly reader: PackReader; readonly tell: (bytes: number) => void },
  ): void {
    for (const row of this.#try(pack.file('idx'), () => rowsInPackOrder(index)) ?? []) {
      const read = (): GitObject => {
        reader.readPacked(row); // Checks the CRC.
        return reader.read(index.offsetAt(row));
      };
      this.#copy({ id: index.idAt(row), file: pack.file('pack'), read });
      tell(index.offsetAt(row));
    }
  }

  #looseObject(folder: string, id: ObjectId): void {
    const file = join(folder, id.slice(0, 2), id.slice(2));
    const read = (): GitObject => {
      const finding = readLoose(folder, id, false); // Its content is checked with every copy's.
      if (finding !== undefined && 'object' in finding) return finding.object;
      if (finding === undefined) throw Object.assign(new Error(`${file} is gone`), { code: 'ENOENT' });
      throw new MalformedObjectError('loose object', finding.damage.replace(/^"[^"]*":? ?/, ''));
    };
    const object = this.#copy({ id, file, read });
    const rest = object === undefined ? 0 : bytesAfterObject(file, object);
    if (rest > 0) this.#hurt(file, `has ${rest} bytes after its end`, id);
  }

  /** Reads one copy of an object and judges it; undefined when it is damaged. */
  #copy({ id, file, read }: Copy): GitObject | undefined {
    const object = this.#try(file, read, id);
    if (object === undefined) return undefined;
    if (objectIdOf(object.type, object.body) !== id) {
      this.#hurt(file, 'has another content', id);
      return undefined;
    }
    const isKnown = this.objects.typeOf(this.objects.numberOf(id)) !== undefined;
    this.objects.add(id, object.type);
    const problem = isKnown ? undefined : structureProblem(object, this.#special);
    if (problem !== undefined) this.#hurt(file, `${problem}: git fsck refuses it`, id);
    return object;
  }

  /** What reading a file gives; undefined for damage, which is told. */
  #try<T>(file: string, read: () => T, id?: ObjectId): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof OxbowError)) throw error;
      this.#hurt(file, error instanceof MalformedObjectError ? error.problem : error.message, id);
      return undefined;
    }
  }

  #hurt(path: string, problem: string, id?: ObjectId): void {
    const within = `${this.#repository.path}/`;
    const file = path.startsWith(within) ? path.slice(within.length) : path;
    this.damage.push({ file, problem, ...(id === undefined ? {} : { id }) });
  }
}

function ifThere(look: () => void): void {
  try {
    look();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** How many bytes lie in a file behind the zlib stream of its object; git refuses a file with any. */
function bytesAfterObject(file: string, { type, body }: GitObject): number {
  const bytes = readPlain(file, 'object');
  const size = `${type} ${body.length}\0`.length + body.length;
  const { engine } = inflateSync(bytes, {
    info: true,
    maxOutputLength: size,
    chunkSize: Math.max(64, Math.min(size + 1, 1 << 20)),
  }) as unknown as {
    readonly engine: { readonly bytesWritten: number };
  };
  return bytes.length - engine.bytesWritten;
}

function hasRightChecksum(pack: PackFile): boolean {
  const hash = createHash('sha1');
  const piece = Buffer.allocUnsafe(1 << 20);
  const fd = openPlain(pack.file('pack'));
  try {
    const end = pack.bytes - TRAILER;
    for (let at = 0; at < end; ) {
      const read = readSync(fd, piece, 0, Math.min(piece.length, end - at), at);
      if (read === 0) return false;
      hash.update(piece.subarray(0, read));
      at += read;
    }
    const trailer = Buffer.alloc(TRAILER);
    readSync(fd, trailer, 0, TRAILER, Math.max(0, end));
    return hash.digest().equals(trailer);
  } finally {
    closeSync(fd);
  }
}

const TRAILER = 20;
