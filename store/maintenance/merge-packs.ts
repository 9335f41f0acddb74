import { utimesSync } from 'node:fs';
import { errorCode } from '../atomic-file.ts';
import { MalformedObjectError } from '../git/errors.ts';
import type { PackIndex } from '../git/pack-index.ts';
import type { PackReader } from '../git/pack-reader.ts';
import type { WrittenPack } from '../git/pack-write.ts';
import type { PackedObject } from '../git/packed-object.ts';
import type { Repository } from '../git/repository.ts';
import { packsToJoin } from './geometry.ts';
import { keeperOf, maintenanceKeep } from './keep.ts';
import { listPacks, type PackFile, rowsInPackOrder } from './pack-file.ts';
import { removePacks } from './withdraw.ts';

/** So many packs are open at once at most: a process may have some thousand files open. */
const AT_ONCE = 256;
/** A pack beyond this many bytes is never copied for the sake of look-ups. */
const HUGE = 256 << 20;

/** What a merge did. */
export interface MergeReport {
  /** Packs that became one. */
  readonly merged: number;
  /** Packs they became. */
  readonly written: number;
  readonly copiedBytes: number;
}

/**
 * How many packs a merge would join now; 0 when they are in geometric shape. Lists one folder and opens nothing, so a run may
 * ask at its end.
 */
export function mergeablePacks(repository: Repository): number {
  const candidates = candidatesOf(repository);
  return packsToJoin(candidates.map(({ bytes }) => bytes));
}

/**
 * Joins the smaller packs of runs that have ended into one, as they are compressed, until the sizes of packs form a geometric
 * progression. The caller holds the maintenance lock. Readers of a pack that goes find its objects in the new one when they look
 * again; a crash at any point leaves every object in at least one pack. Packs with deltas (native git's), damaged ones, kept
 * ones and huge ones stay as they are.
 */
export function mergePacks(repository: Repository): MergeReport {
  const unfit = new Set<string>();
  const report = { merged: 0, written: 0, copiedBytes: 0 };
  for (;;) {
    const candidates = candidatesOf(repository).filter(({ name }) => !unfit.has(name));
    const chosen = candidates.slice(0, Math.min(AT_ONCE, packsToJoin(candidates.map(({ bytes }) => bytes))));
    if (chosen.length < 2) return report;
    const sources = chosen.map(openSource);
    try {
      const bad = sources.indexOf(undefined);
      if (bad >= 0) throw new UnfitPackError(chosen[bad]?.name ?? '');
      const written = join(repository, sources as Source[]);
      report.merged += chosen.length;
      report.written += 1;
      report.copiedBytes += written.bytes;
    } catch (error) {
      if (!(error instanceof UnfitPackError)) throw error;
      unfit.add(error.pack);
    } finally {
      for (const source of sources) source?.reader.close();
    }
  }
}

function candidatesOf(repository: Repository): PackFile[] {
  const seen = new Set<number>();
  return listPacks(repository.packFolder).filter((pack) => {
    if (pack.bytes > HUGE || keeperOf(repository, pack) !== undefined || pack.isSpecial) return false;
    // Another name of the same pack.
    return !seen.has(pack.inode) && seen.add(pack.inode);
  });
}

/** A pack that is being copied. It stays readable when native git deletes the file, because it is open. */
interface Source {
  readonly pack: PackFile;
  readonly index: PackIndex;
  readonly reader: PackReader;
}

// Undefined for a pack that is damaged, or was taken away meanwhile.
function openSource(pack: PackFile): Source | undefined {
  try {
    const index = pack.index();
    return index.intact ? { pack, index, reader: pack.open(index) } : undefined;
  } catch (error) {
    if (error instanceof MalformedObjectError || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function join(repository: Repository, sources: readonly Source[]): WrittenPack {
  const written = repository.writePack(objectsOf(sources), { sync: true, keep: maintenanceKeep() });
  if (written === undefined) throw new Error('Packs without objects were chosen to be merged.');
  const packs = sources.map(({ pack }) => pack);
  // What nothing reaches must not grow younger by being copied.
  const time = Math.max(...packs.map((pack) => pack.time)) / 1000;
  utimesSync(written.path, time, time);
  removePacks(
    repository,
    packs.filter((pack) => keeperOf(repository, pack) === undefined),
  );
  repository.unkeep(written.name);
  return written;
}

function* objectsOf(sources: readonly Source[]): Generator<PackedObject> {
  for (const { pack, index, reader } of sources) {
    for (const row of rowsInPackOrder(index)) yield objectIn(pack, reader, row);
  }
}

function objectIn(pack: PackFile, reader: PackReader, row: number): PackedObject {
  let object: PackedObject | undefined;
  try {
    object = reader.readPacked(row);
  } catch (cause) {
    if (!(cause instanceof MalformedObjectError)) throw cause;
    throw new UnfitPackError(pack.name, { cause });
  }
  if (object === undefined) throw new UnfitPackError(pack.name);
  return object;
}

/** A pack holds deltas or damage, which a merge must not copy. Never leaves this file. */
class UnfitPackError extends Error {
  readonly pack: string;

  constructor(pack: string, options?: ErrorOptions) {
    super(`${pack} cannot be merged.`, options);
    this.pack = pack;
  }
}
