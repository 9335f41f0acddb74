import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, syncFolder, writeFileAtomically } from '../atomic-file.ts';
import { RefChangedError, RefCorruptError, RefLockedError } from '../git/errors.ts';
import { LockFile } from '../git/lock-file.ts';
import { looseRefNames, removeEmptyFolders } from '../git/loose-refs.ts';
import { type PackedRef, PackedRefs, packedRefsText } from '../git/packed-refs.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { checkWay, isAbsent, readPlain, StoreEntryError } from '../plain-files.ts';

/** How long to wait for native git, which locks the table while it writes every ref of the store; in milliseconds. */
const PATIENCE = 3000;

/** A ref that shall have another name. */
export interface RefMove {
  readonly from: string;
  readonly to: string;
  readonly id: ObjectId;
}

/** Told of something of the store that cannot be read, by its address or name. */
export type OnDamaged = (pathspec: string, error: Error) => void;

/** Every ref of the store with what it points at, by name in order. Throws for a damaged one unless `onDamaged` is told of it. */
export function allRefs(repository: Repository, onDamaged?: OnDamaged): Map<string, ObjectId> {
  const refs = new Map<string, ObjectId>();
  // Files are listed before the table is read: a ref that is packed meanwhile turns up there.
  const loose = [...looseRefNames(repository.path, 'refs/')];
  for (const [name, { id }] of new PackedRefs(repository.path).read()) refs.set(name, id);
  for (const name of loose) {
    try {
      const id = repository.refs.read(name);
      if (id !== undefined) refs.set(name, id);
    } catch (error) {
      if (!onDamaged || !(error instanceof RefCorruptError)) throw error;
      onDamaged(name, error);
    }
  }
  return new Map([...refs].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How many refs that begin with `prefix` have a file of their own. */
export function looseRefCount(repository: Repository, prefix: string): number {
  let count = 0;
  for (const _ of looseRefNames(repository.path, prefix)) count += 1;
  return count;
}

/**
 * Renames refs so that at no moment anybody sees an object reached by neither name: the new names enter the table of packed
 * refs in the same rewrite in which the old ones leave it, and only then old files go; git and this store read files
 * before the table. A ref that has changed keeps its old name as well. Returns the moves that are complete.
 */
export function moveRefs(repository: Repository, moves: readonly RefMove[]): RefMove[] {
  if (moves.length === 0) return [];
  const done: RefMove[] = [];
  rewriteTable(repository, (table) => {
    for (const { from, to, id } of moves) {
      if (repository.refs.read(from) !== id) continue;
      table.set(to, { id, peeled: table.get(from)?.peeled });
      table.delete(from);
    }
  });
  for (const move of moves) {
    if (removeLoose(repository, move.from, move.id)) done.push(move);
  }
  tidyFolders(
    repository,
    moves.map(({ from }) => from),
  );
  return done;
}

/** Removes refs in one rewrite of the table. A ref that has changed stays. */
export function dropRefs(repository: Repository, refs: ReadonlyMap<string, ObjectId>): void {
  if (refs.size === 0) return;
  rewriteTable(repository, (table) => {
    for (const [name, id] of refs) if (repository.refs.read(name) === id) table.delete(name);
  });
  for (const [name, id] of refs) removeLoose(repository, name, id);
  tidyFolders(repository, [...refs.keys()]);
}

/** Creates refs in one rewrite of the table. None of them may exist. */
export function addRefs(repository: Repository, refs: Iterable<readonly [name: string, id: ObjectId]>): void {
  rewriteTable(repository, (table) => {
    for (const [name, id] of refs) table.set(name, { id, peeled: undefined });
  });
}

/** Puts all refs that have a file of their own into the table, as `git pack-refs --all` does. Returns how many. */
export function packLooseRefs(repository: Repository): number {
  const packed = new Map<string, ObjectId>();
  rewriteTable(repository, (table) => {
    for (const name of looseRefNames(repository.path, 'refs/')) {
      const id = looseValue(repository, name);
      if (id === undefined) continue;
      table.set(name, { id, peeled: undefined });
      packed.set(name, id);
    }
  });
  let count = 0;
  for (const [name, id] of packed) if (removeLoose(repository, name, id)) count += 1;
  tidyFolders(repository, [...packed.keys()]);
  return count;
}

function rewriteTable(repository: Repository, change: (table: Map<string, PackedRef>) => void): void {
  const packed = new PackedRefs(repository.path);
  const lock = LockFile.take(packed.path, { root: repository.path, patience: PATIENCE });
  try {
    const table = new Map(packed.read());
    change(table);
    writeFileAtomically(packed.path, packedRefsText(table));
  } finally {
    lock.release();
  }
}

/** Removes the file of a ref if it still says what it said. False when it does not, or another process holds its lock. */
function removeLoose(repository: Repository, name: string, id: ObjectId): boolean {
  const path = join(repository.path, name);
  let lock: LockFile;
  try {
    if (looseText(repository, name) === undefined) return true;
    lock = LockFile.take(path, { root: repository.path, patience: 50 });
  } catch (error) {
    if (error instanceof RefLockedError) return false;
    throw error;
  }
  try {
    if (looseValue(repository, name) !== id) return false;
    rmSync(path, { force: true });
    return true;
  } finally {
    lock.release();
  }
}

/** Makes removed names last, and removes the folders they leave empty. */
function tidyFolders(repository: Repository, names: readonly string[]): void {
  for (const folder of new Set(names.map((name) => dirname(name)))) {
    try {
      syncFolder(join(repository.path, folder));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    removeEmptyFolders(repository.path, folder);
  }
}

function looseText(repository: Repository, name: string): string | undefined {
  try {
    if (!checkWay(repository.path, name)) return undefined;
    return readPlain(join(repository.path, name)).toString();
  } catch (error) {
    if (isAbsent(error) || error instanceof StoreEntryError) return undefined;
    throw error;
  }
}

/** The object a ref's own file names; undefined for none, a symbolic ref, or a damaged file. */
function looseValue(repository: Repository, name: string): ObjectId | undefined {
  const [, id] = /^([0-9a-f]{40})[ \t\n\r]*$/.exec(looseText(repository, name) ?? '') ?? [];
  return id as ObjectId | undefined;
}

/** Moves or removes one ref by compare-and-swap; false when another process was faster. */
export function swapRef(
  repository: Repository,
  name: string,
  from: ObjectId,
  to: ObjectId | undefined,
): boolean {
  try {
    if (to === undefined) repository.refs.delete(name, { from });
    else repository.refs.update(name, { to, from });
    return true;
  } catch (error) {
    if (error instanceof RefChangedError) return false;
    throw error;
  }
}
