import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { environment } from './environment.ts';
import { OxbowError } from './errors.ts';
import { Repository } from './git/repository.ts';
import { isGitFolder } from './git/repository-files.ts';
import { adoptClonedRuns } from './history/cloned-runs.ts';
import { entryAt } from './plain-files.ts';
import { FOLDER, NotAStoreError, requireWritable, toldAsAccess } from './store-errors.ts';
import { gitFolderAround, judgeFolder } from './store-mark.ts';

/** No store was found where one was looked for. */
export class NoStoreError extends OxbowError {
  override readonly code = 'NoStoreError';
  /** The folder the search began in, or the one that was named. */
  readonly from: string;

  constructor(from: string, { named = false } = {}) {
    const remedy = 'Run a flow here first, or name a store with --store or FLOW_STORE.';
    super(
      named
        ? `There is no store in ${from}, nor in a folder ${FOLDER} of it. ${remedy}`
        : `There is no ${FOLDER} store in ${from} or in any folder above it. ${remedy}`,
    );
    this.from = from;
  }
}

/** What to look for a store with; both fields optional. */
export interface StoreLocation {
  /** The store's own folder, or a folder whose `.flow` it is; wins over everything. */
  readonly store?: string | undefined;
  /** Folder to begin the search upward in; the working folder when absent. */
  readonly from?: string | undefined;
}

/**
 * Path of the store that applies: the one named, FLOW_STORE, or the nearest `.flow` upward; undefined when there is none. A named one need
 * not be there yet. Throws {@link StoreAccessError} when a folder cannot be looked into: what is in it is not known to be missing.
 */
export function findStore({ store, from = process.cwd() }: StoreLocation = {}): string | undefined {
  const named = store ?? environment.store;
  if (named !== undefined) return storeNamed(resolve(named));
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const candidate = join(folder, FOLDER);
    if (isCandidate(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/** A folder that holds a store stands for it. */
function storeNamed(path: string): string {
  const inside = join(path, FOLDER);
  return toldAsAccess(path, () => (!isGitFolder(path) && entryAt(inside) ? inside : path));
}

/** Another store further up must not take the place of one that is damaged or may not be read. */
const isCandidate = (path: string): boolean =>
  toldAsAccess(
    path,
    () =>
      entryAt(join(path, 'HEAD')) !== undefined ||
      entryAt(join(path, 'objects')) !== undefined ||
      // A store on a disk that is not there: it is elsewhere, not none.
      (entryAt(path)?.isSymbolicLink() === true && !existsSync(path)),
  );

/**
 * Opens the store that applies. Throws {@link NoStoreError} when there is none, {@link NotAStoreError} when something else has its
 * place, and {@link StoreAccessError} when it may not be read.
 */
export function openStore(location: StoreLocation = {}): Repository {
  const path = findStore(location);
  if (path === undefined) throw new NoStoreError(resolve(location.from ?? process.cwd()));
  return toldAsAccess(path, () => {
    const { kind, reason, remedy } = judgeFolder(path);
    if (kind === 'store') return Repository.open(path);
    if (kind === 'other') throw new NotAStoreError(path, reason, remedy);
    throw new NoStoreError(path, { named: true });
  });
}

/** A store could not be made where one was asked for. */
export class StoreFolderError extends OxbowError {
  override readonly code = 'StoreFolderError';
  /** The folder the store was to be. */
  readonly path: string;

  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`The store ${path} cannot be made: ${reason}. Name another folder with --store or FLOW_STORE.`, {
      cause,
    });
    this.path = path;
  }
}

/**
 * Opens the store that applies, or makes one: where it was named, else `.flow` in the folder the search began in. Only in a folder that is
 * new or empty. Throws {@link NotAStoreError} for any other, {@link StoreFolderError} when it cannot be made, and {@link StoreAccessError}.
 */
export function openOrCreateStore(location: StoreLocation = {}): Repository {
  const path = findStore(location) ?? join(resolve(location.from ?? process.cwd()), FOLDER);
  const { kind, reason, remedy } = toldAsAccess(path, () => judgeFolder(path));
  if (kind === 'other') throw new NotAStoreError(path, reason, remedy);
  if (kind === 'store') {
    const repository = toldAsAccess(path, () => Repository.open(path));
    requireWritable(path);
    adoptClonedRuns(repository);
    return repository;
  }
  const within = gitFolderAround(path);
  if (within !== undefined) {
    const where = `it would lie among the files of the git repository "${within}", which takes all of them for its own`;
    throw new NotAStoreError(path, where, 'Name a folder outside of it.');
  }
  try {
    return Repository.create(path);
  } catch (error) {
    if (error instanceof OxbowError) throw error;
    throw new StoreFolderError(path, error);
  }
}
