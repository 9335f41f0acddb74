import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { environment } from './environment.ts';
import { OxbowError } from './errors.ts';
import { Repository } from './git/repository.ts';

const FOLDER = '.flow';

/** No store was found where one was looked for. */
export class NoStoreError extends OxbowError {
  override readonly code = 'NoStoreError';
  /** The folder the search began in. */
  readonly from: string;

  constructor(from: string) {
    super(
      `There is no ${FOLDER} store in ${from} or in any folder above it. ` +
        'Run a flow here first, or name a store with --store or FLOW_STORE.',
    );
    this.from = from;
  }
}

/** What to look for a store with; both fields optional. */
export interface StoreLocation {
  /** The store's own folder; wins over everything. */
  readonly store?: string | undefined;
  /** Folder to begin the search upward in; the working folder when absent. */
  readonly from?: string | undefined;
}

/** Path of the store that applies: the one named, FLOW_STORE, or the nearest `.flow` upward; undefined when there is none. */
export function findStore({ store, from = process.cwd() }: StoreLocation = {}): string | undefined {
  const named = store ?? environment.store;
  if (named !== undefined) return resolve(named);
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const candidate = join(folder, FOLDER);
    if (existsSync(join(candidate, 'HEAD'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Opens the store that applies. Throws {@link NoStoreError} when there is none. */
export function openStore(location: StoreLocation = {}): Repository {
  const path = findStore(location);
  if (path === undefined || !existsSync(join(path, 'HEAD'))) {
    throw new NoStoreError(path ?? resolve(location.from ?? process.cwd()));
  }
  return Repository.open(path);
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
 * Opens the store that applies, or makes one: where it was named, else `.flow` in the folder the search began in. Throws
 * {@link StoreFolderError} when it cannot be made.
 */
export function openOrCreateStore(location: StoreLocation = {}): Repository {
  const path = findStore(location) ?? join(resolve(location.from ?? process.cwd()), FOLDER);
  if (existsSync(join(path, 'HEAD'))) return Repository.open(path);
  try {
    return Repository.create(path);
  } catch (error) {
    if (error instanceof OxbowError) throw error;
    throw new StoreFolderError(path, error);
  }
}
