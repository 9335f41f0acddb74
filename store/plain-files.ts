import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { errorCode, syncFolder } from './atomic-file.ts';
import { OxbowError } from './errors.ts';
import { checkSize, type LimitName, limitOf } from './limits.ts';
import { shareFile, shareFolder } from './sharing.ts';

const REMEDY =
  'which Oxbow never puts into a store and does not follow or open. Look at what it is, and delete it; ' +
  'if you made it yourself, put the real file or folder there.';

/** Something in a store that Oxbow never puts there, such as a symbolic link or a FIFO in the place of a file. */
export class StoreEntryError extends OxbowError {
  override readonly code = 'StoreEntryError';
  readonly path: string;
  /** What stands there: `a symbolic link`, `a FIFO`. */
  readonly found: string;

  constructor(path: string, found: string, remedy = REMEDY) {
    super(`"${path}" is ${found}, ${remedy}`);
    this.path = path;
    this.found = found;
  }
}

/** Codes of errors that mean that nothing has this name, or could have. All others, such as EACCES, say nothing about what is there. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

/** Whether an error of the file system means that nothing has this name. */
export const isAbsent = (error: unknown): boolean => ABSENT.has(errorCode(error));

/** What has this name, links not followed; undefined when nothing has. Throws when the file system does not let us know. */
export function entryAt(path: string): Stats | undefined {
  try {
    // Most often nothing is there, and an error takes longer than the answer.
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

const { O_RDONLY } = constants;
/** Windows knows neither. */
const CAREFULLY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file of a store: never through a symbolic link of that name, and without waiting for the other end of a FIFO. Throws
 * {@link StoreEntryError} for anything but a file, and the file system's own errors.
 */
export function openPlain(path: string, flags: number = O_RDONLY, mode?: number): number {
  let fd: number;
  try {
    fd = openSync(path, flags | CAREFULLY, mode);
  } catch (error) {
    throw refusalOf(path, error);
  }
  const stat = fstatSync(fd);
  if (stat.isFile()) {
    if ((flags & constants.O_CREAT) !== 0 && stat.size === 0) shareFile(path, fd);
    return fd;
  }
  closeSync(fd);
  throw new StoreEntryError(path, kindOf(stat));
}

/**
 * The content of a file of a store. Throws like {@link openPlain}, and for a file beyond the limit: StoreEntryError for one that is always
 * small, else TooLargeError.
 */
export function readPlain(path: string, limit: LimitName = 'file'): Buffer {
  const fd = openPlain(path);
  try {
    const { size } = fstatSync(fd);
    if (limit === 'file' && size > limitOf('file'))
      throw new StoreEntryError(path, `a file of ${size} bytes`);
    checkSize(limit, size, () => `"${path}"`);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

// A link is refused with ELOOP, or EMLINK on some systems; a socket and a FIFO that nobody reads with ENXIO; a folder with EISDIR.
function refusalOf(path: string, error: unknown): unknown {
  if (!['ELOOP', 'EMLINK', 'ENXIO', 'EISDIR', 'EOPNOTSUPP'].includes(errorCode(error))) return error;
  const stat = entryAt(path);
  return stat === undefined || stat.isFile() ? error : new StoreEntryError(path, kindOf(stat));
}

/** What something is that is not a file. */
export function kindOf(stat: Stats): string {
  if (stat.isSymbolicLink()) return 'a symbolic link';
  if (stat.isDirectory()) return 'a folder';
  if (stat.isFIFO()) return 'a FIFO';
  if (stat.isSocket()) return 'a socket';
  return stat.isFile() ? 'a file' : 'a device';
}

/**
 * Looks at the folders that lead from the folder of a store to `path`, given below it with slashes and left out itself. False when one is missing;
 * throws {@link StoreEntryError} when one is a symbolic link: what is behind it lies elsewhere.
 */
export function checkWay(store: string, path: string): boolean {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const stat = entryAt(join(store, path.slice(0, slash)));
    if (stat?.isSymbolicLink()) throw new StoreEntryError(join(store, path.slice(0, slash)), kindOf(stat));
    if (!stat?.isDirectory()) return false;
  }
  return true;
}

/** Names in a folder of a store; none when there is no such folder. Throws {@link StoreEntryError} when it is a symbolic link. */
export function namesIn(folder: string): string[] {
  const stat = entryAt(folder);
  if (stat?.isSymbolicLink()) throw new StoreEntryError(folder, kindOf(stat));
  if (!stat?.isDirectory()) return [];
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** How often a folder is made again that others, who remove empty ones, take away meanwhile. */
const ATTEMPTS = 50;

/**
 * Makes a folder of a store with its missing parents, given from the folder of the store with slashes, and makes their names survive a power
 * cut. Throws {@link StoreEntryError} when a symbolic link is in the way, and ENOTDIR for anything else that is not a folder.
 */
export function makeFolderIn(store: string, path: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (checkWay(store, `${path}/`)) return;
      makeMissing(store, path);
      return;
    } catch (error) {
      // A parent was there and is gone.
      if (errorCode(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}

function makeMissing(store: string, path: string): void {
  let folder = store;
  for (const name of path.split('/')) {
    const parent = folder;
    folder = join(folder, name);
    try {
      mkdirSync(folder);
      shareFolder(folder);
      syncFolder(parent);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      if (entryAt(folder)?.isSymbolicLink()) throw new StoreEntryError(folder, 'a symbolic link');
    }
  }
}
