import { createHash } from 'node:crypto';
import { closeSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../atomic-file.ts';
import { MalformedObjectError } from '../git/errors.ts';
import { looseIds, readLoose } from '../git/loose.ts';
import { objectIdOf } from '../git/object.ts';
import type { PackIndex } from '../git/pack-index.ts';
import type { PackReader } from '../git/pack-reader.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { entryAt, namesIn, openPlain } from '../plain-files.ts';
import { type OnProgress, paced } from './events.ts';
import { listPacks, type PackFile, rowsInPackOrder } from './pack-file.ts';

/** Something wrong with a file of the store. */
export interface FileDamage {
  /** Path within the store. */
  readonly file: string;
  /** The object, when one is hit. */
  readonly id?: ObjectId;
  readonly problem: string;
}

/** What reading every object gave. */
export interface ObjectScan {
  /** Objects of which at least one copy is whole. */
  readonly whole: Set<ObjectId>;
  readonly damage: readonly FileDamage[];
}

/** Reads and hashes every object of every pack and loose file, and the checksum of every pack and index. */
export function scanObjects(repository: Repository, onProgress?: OnProgress): ObjectScan {
  const scan = { whole: new Set<ObjectId>(), damage: [] as FileDamage[] };
  const packs = listPacks(repository.packFolder);
  const total = packs.reduce((sum, { bytes }) => sum + bytes, 0);
  const tell = paced(onProgress, 'packs', total);
  let done = 0;
  for (const pack of packs) {
    try {
      scanPack(pack, scan, (bytes) => tell(done + bytes));
    } catch (error) {
      // Merged into another pack since it was listed.
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    done += pack.bytes;
    tell(done);
  }
  for (const name of packsWithout(repository, packs)) {
    scan.damage.push({ file: `objects/pack/${name}.idx`, problem: 'is there without its pack' });
  }
  scanLoose(repository, scan, onProgress);
  return scan;
}

interface Scan {
  readonly whole: Set<ObjectId>;
  readonly damage: FileDamage[];
}

function scanPack(pack: PackFile, scan: Scan, tell: (bytes: number) => void): void {
  const file = (suffix: string): string => `objects/pack/${pack.name}.${suffix}`;
  const index = attempt(() => pack.index());
  if ('problem' in index) {
    scan.damage.push({ file: file('idx'), problem: index.problem });
    return;
  }
  if (!index.value.intact) scan.damage.push({ file: file('idx'), problem: 'has a wrong checksum' });
  if (!hasRightChecksum(pack)) scan.damage.push({ file: file('pack'), problem: 'has a wrong checksum' });
  const reader = attempt(() => pack.open(index.value));
  if ('problem' in reader) {
    scan.damage.push({ file: file('pack'), problem: reader.problem });
    return;
  }
  try {
    for (const row of rowsInPackOrder(index.value)) {
      const id = index.value.idAt(row);
      const problem = problemOf(reader.value, index.value, row);
      if (problem === undefined) scan.whole.add(id);
      else scan.damage.push({ file: file('pack'), id, problem });
      tell(index.value.offsetAt(row));
    }
  } finally {
    reader.value.close();
  }
}

function problemOf(reader: PackReader, index: PackIndex, row: number): string | undefined {
  const result = attempt(() => {
    reader.readPacked(row); // Checks the CRC.
    return reader.read(index.offsetAt(row));
  });
  if ('problem' in result) return result.problem;
  const { type, body } = result.value;
  return objectIdOf(type, body) === index.idAt(row) ? undefined : 'has another content';
}

function scanLoose(repository: Repository, scan: Scan, onProgress: OnProgress | undefined): void {
  const objects = join(repository.path, 'objects');
  const ids = [...looseIds(objects, '')];
  const tell = paced(onProgress, 'loose', ids.length);
  for (const [at, id] of ids.entries()) {
    const finding = readLoose(objects, id, true);
    tell(at + 1);
    if (finding === undefined) continue;
    if ('object' in finding) scan.whole.add(id);
    else {
      const problem = finding.damage.replace(/^"[^"]*":? ?/, '');
      scan.damage.push({ file: join('objects', id.slice(0, 2), id.slice(2)), id, problem });
    }
  }
}

/** Indexes whose pack is missing: their objects are lost unless another pack has them. */
function packsWithout(repository: Repository, packs: readonly PackFile[]): string[] {
  const known = new Set(packs.map(({ name }) => name));
  return (
    namesIn(repository.packFolder)
      .filter((file) => /^[^.].*\.idx$/.test(file))
      .map((file) => file.slice(0, -4))
      .filter((name) => !known.has(name))
      // A merge may have removed both since the packs were listed.
      .filter(
        (name) =>
          entryAt(join(repository.packFolder, `${name}.idx`)) !== undefined &&
          entryAt(join(repository.packFolder, `${name}.pack`)) === undefined,
      )
  );
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

function attempt<T>(read: () => T): { readonly value: T } | { readonly problem: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof MalformedObjectError) return { problem: error.problem };
    throw error;
  }
}
