import { rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../atomic-file.ts';
import { MalformedObjectError } from '../git/errors.ts';
import { looseIds } from '../git/loose.ts';
import type { PackIndex } from '../git/pack-index.ts';
import type { PackReader } from '../git/pack-reader.ts';
import { type PackedObject, packObject } from '../git/packed-object.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { checkWay, entryAt } from '../plain-files.ts';
import { type OnProgress, paced } from './events.ts';
import { IdTable } from './id-table.ts';
import { keeperOf, maintenanceKeep } from './keep.ts';
import { listPacks, PackFile, rowsInPackOrder } from './pack-file.ts';
import { areSame, type PruneRoots, pruneRoots } from './prune-roots.ts';
import { walk } from './reach.ts';
import { dropRefs } from './ref-table.ts';
import { loosePath } from './stored-objects.ts';
import { bringBackWithdrawn, dropWithdrawn, removeEmptyFanout, withdraw, withdrawnPath } from './withdraw.ts';

/** What may go. */
export interface PruneOptions {
  /** Refs to drop first: those in the trash whose grace has ended. */
  readonly expired: ReadonlyMap<string, ObjectId>;
  /** What nothing reaches goes only when the file it lies in is older than this, in milliseconds. */
  readonly minAge: number;
  readonly now: number;
  readonly onProgress?: OnProgress | undefined;
}

/** What a prune did, or why it did nothing. */
export interface PruneReport {
  readonly objects: number;
  /** By how much the files of objects have shrunk. */
  readonly bytes: number;
  /** True when runs go on or refs kept moving: nothing was removed, the trash is as it was, a later gc will do it. */
  readonly postponed: boolean;
  /** Why nothing may be removed from this repository until somebody mends or changes it, a sentence each; absent when something may. */
  readonly obstacles?: readonly string[];
}

const NOTHING = { objects: 0, bytes: 0, postponed: false } as const;
/** How often to start over when refs moved meanwhile. */
const ATTEMPTS = 3;

/**
 * Removes objects that nothing needs: no ref, nothing else that native git protects (see git-roots.ts), no pack that somebody keeps, and
 * no object that is too young to go. The caller holds the maintenance lock.
 *
 * The danger is a run that finds an object in the store, does not write it again, and refers to it. A run does so only after its ref
 * exists, and carries a .keep all its life. So nothing is removed while any run goes on; and what is to go is first taken out of
 * sight, then refs and .keep files are looked at once more: if a run began meanwhile, everything comes back.
 */
export function prune(repository: Repository, options: PruneOptions): PruneReport {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (someRunGoesOn(repository)) break;
    const report = tryPrune(repository, options);
    if (report !== undefined) return report;
  }
  return { ...NOTHING, postponed: true };
}

/** A pack with what is to stay of it. */
interface Rewrite {
  readonly pack: PackFile;
  readonly rows: readonly number[];
  readonly dropped: number;
}

function tryPrune(repository: Repository, options: PruneOptions): PruneReport | undefined {
  const roots = rootsWithout(repository, options.expired);
  if (roots.obstacles.length > 0) return { ...NOTHING, obstacles: roots.obstacles };
  const reached = reachedBy(repository, roots);
  keepYoung(repository, reached, options);
  const rewrites = findRewrites(repository, reached, options);
  const loose = findLoose(repository, reached, options);
  const copies = copyAll(repository, rewrites, options.onProgress);
  // In this order: no ref may name an object that is gone, at any moment.
  if (isUnchanged(repository, roots, options.expired)) {
    dropRefs(repository, options.expired);
    removeCommitGraph(repository);
    const doomed = copies.map(({ rewrite }) => rewrite.pack);
    withdraw(repository, [...doomed.map(({ name }) => `pack/${name}.idx`), ...loose.map(({ path }) => path)]);
    if (isUnchanged(repository, roots) && !isFreshened(repository, doomed, loose)) {
      return finish(repository, { copies, loose });
    }
    bringBackWithdrawn(repository);
  }
  for (const { copy } of copies) copy?.remove();
  return undefined;
}

/** A pack whose copy is written; no copy when nothing of it stays. */
interface Copied {
  readonly rewrite: Rewrite;
  readonly copy: PackFile | undefined;
}

interface LooseFile {
  /** Relative to objects/. */
  readonly path: string;
  readonly bytes: number;
  readonly time: number;
}

function finish(
  repository: Repository,
  { copies, loose }: { readonly copies: readonly Copied[]; readonly loose: readonly LooseFile[] },
): PruneReport {
  let objects = loose.length;
  let bytes = loose.reduce((sum, file) => sum + file.bytes, 0);
  for (const { rewrite, copy } of copies) {
    rewrite.pack.remove();
    objects += rewrite.dropped;
    bytes += rewrite.pack.bytes - (copy?.bytes ?? 0);
  }
  dropWithdrawn(repository);
  for (const { copy } of copies) if (copy) repository.unkeep(copy.name);
  removeEmptyFanout(repository, new Set(loose.map(({ path }) => path.slice(0, 2))));
  syncFolder(repository.packFolder);
  return { ...NOTHING, objects, bytes };
}

function rootsWithout(repository: Repository, expired: ReadonlyMap<string, ObjectId>): PruneRoots {
  const roots = pruneRoots(repository);
  for (const name of expired.keys()) roots.refs.delete(name);
  return roots;
}

function someRunGoesOn(repository: Repository): boolean {
  return listPacks(repository.packFolder).some((pack) => keeperOf(repository, pack) === 'living');
}

function isUnchanged(
  repository: Repository,
  before: PruneRoots,
  expired: ReadonlyMap<string, ObjectId> = new Map(),
): boolean {
  return areSame(before, rootsWithout(repository, expired)) && !someRunGoesOn(repository);
}

/** Git makes a file young again when it would write an object that is there: from then on it relies on it. */
function isFreshened(
  repository: Repository,
  packs: readonly PackFile[],
  loose: readonly LooseFile[],
): boolean {
  const timeOf = (path: string): number | undefined => entryAt(path)?.mtimeMs;
  const changed = (path: string, before: number): boolean => (timeOf(path) ?? before) !== before;
  return (
    packs.some((pack) => changed(pack.file('pack'), pack.time)) ||
    loose.some(({ path, time }) => changed(withdrawnPath(repository, path), time))
  );
}

/** All objects that something needs: refs, what git protects beside them, and packs somebody keeps. */
function reachedBy(repository: Repository, { refs, others, grafts, isPartial }: PruneRoots): IdTable {
  const reached = new IdTable();
  const enter = (id: ObjectId): boolean => {
    const { size } = reached;
    return reached.add(id) === size;
  };
  const present = enterPresent(repository, reached);
  // First what must be whole: an object that is missing there ends the prune.
  walk(repository, new Set(refs.values()), isPartial ? present : enter, { grafts });
  walk(repository, others, present, { grafts });
  for (const pack of listPacks(repository.packFolder)) {
    if (keeperOf(repository, pack) === undefined && !pack.isSpecial) continue;
    // A fetch keeps its pack until its refs are set, and what it points at may still be on its way.
    walk(repository, idsOf(pack), present, { grafts });
  }
  return reached;
}

/** Enters what is there and new. */
function enterPresent(repository: Repository, reached: IdTable): (id: ObjectId) => boolean {
  return (id) => reached.find(id) < 0 && repository.has(id) && reached.add(id) >= 0;
}

/** What nothing needs but is too young to go stays with all it reaches, however old that is, as in git: somebody is about to need it. */
function keepYoung(repository: Repository, reached: IdTable, { minAge, now }: PruneOptions): void {
  const present = enterPresent(repository, reached);
  for (const pack of listPacks(repository.packFolder)) {
    if (now - pack.time < minAge) walk(repository, idsOf(pack), present);
  }
  const folder = join(repository.path, 'objects');
  for (const id of looseIds(folder, '')) {
    const stat = statSync(loosePath(folder, id), { throwIfNoEntry: false });
    if (stat !== undefined && now - stat.mtimeMs < minAge) walk(repository, [id], present);
  }
}

const idsOf = (pack: PackFile): Iterable<ObjectId> => indexOf(pack)?.startingWith('') ?? [];

function findRewrites(repository: Repository, reached: IdTable, { minAge, now }: PruneOptions): Rewrite[] {
  const rewrites: Rewrite[] = [];
  for (const pack of listPacks(repository.packFolder)) {
    if (now - pack.time < minAge || keeperOf(repository, pack) !== undefined || pack.isSpecial) continue;
    const index = indexOf(pack);
    if (index === undefined) continue;
    const rows = [...rowsInPackOrder(index)].filter((row) => reached.find(index.idAt(row)) >= 0);
    if (rows.length < index.count) rewrites.push({ pack, rows, dropped: index.count - rows.length });
  }
  return rewrites;
}

function findLoose(repository: Repository, reached: IdTable, { minAge, now }: PruneOptions): LooseFile[] {
  const files: LooseFile[] = [];
  const folder = join(repository.path, 'objects');
  for (const id of looseIds(folder, '')) {
    if (reached.find(id) >= 0) continue;
    const stat = entryAt(loosePath(folder, id));
    if (stat?.isFile() && now - stat.mtimeMs >= minAge)
      files.push({ path: loosePath('', id), bytes: stat.size, time: stat.mtimeMs });
  }
  return files;
}

function copyAll(
  repository: Repository,
  rewrites: readonly Rewrite[],
  onProgress: OnProgress | undefined,
): Copied[] {
  const tell = paced(onProgress, 'rewrite', rewrites.length);
  const copies: Copied[] = [];
  for (const [at, rewrite] of rewrites.entries()) {
    const copied = copyOne(repository, rewrite);
    if (copied !== undefined) copies.push(copied);
    tell(at + 1);
  }
  return copies;
}

/** Undefined when the pack is damaged: it stays as it is, and fsck tells of it. */
function copyOne(repository: Repository, rewrite: Rewrite): Copied | undefined {
  const { pack, rows } = rewrite;
  if (rows.length === 0) return { rewrite, copy: undefined };
  const index = pack.index();
  const reader = pack.open(index);
  try {
    const written = repository.writePack(objectsOf(reader, index, rows), {
      sync: true,
      keep: maintenanceKeep(),
    });
    if (written === undefined) return undefined;
    const time = pack.time / 1000;
    utimesSync(written.path, time, time);
    return { rewrite, copy: new PackFile(pack.folder, written.name, statSync(written.path)) };
  } catch (error) {
    if (error instanceof MalformedObjectError) return undefined;
    throw error;
  } finally {
    reader.close();
  }
}

/** Objects as they are stored; those stored as deltas, whose bases may go, are packed anew. */
function* objectsOf(reader: PackReader, index: PackIndex, rows: readonly number[]): Generator<PackedObject> {
  for (const row of rows) {
    const packed = reader.readPacked(row);
    if (packed !== undefined) {
      yield packed;
      continue;
    }
    const { type, body } = reader.read(index.offsetAt(row));
    yield { ...packObject(type, body), id: index.idAt(row) };
  }
}

/** Git's cache of commits would name some that are gone. */
function removeCommitGraph(repository: Repository): void {
  if (!checkWay(repository.path, 'objects/info/')) return;
  for (const name of ['commit-graph', 'commit-graphs']) {
    rmSync(join(repository.path, 'objects', 'info', name), { recursive: true, force: true });
  }
}

function indexOf(pack: PackFile): PackIndex | undefined {
  try {
    const index = pack.index();
    return index.intact ? index : undefined;
  } catch (error) {
    if (error instanceof MalformedObjectError) return undefined;
    throw error;
  }
}
