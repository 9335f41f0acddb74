import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { errorCode, writeFully } from './atomic-file.ts';
import { checkWay, entryAt, isAbsent, kindOf, openPlain, readPlain, StoreEntryError } from './plain-files.ts';

/**
 * Everything Oxbow keeps in a store beside git's own objects and refs:
 *
 * - `oxbow-live/<Flow>/<run>/`: what running attempts have written so far, and the run's heartbeat;
 * - `oxbow-withdrawn/`: files of objects/ that are about to be removed;
 * - `oxbow-cache/<Flow>/`: what is kept of runs to list them quickly, which may be deleted;
 * - `oxbow/`: code that earlier versions wrote out for a spin; it is only cleaned up.
 */
export type SideFolderName = 'oxbow-live' | 'oxbow-withdrawn' | 'oxbow-cache' | 'oxbow';

/** How many folders, from the top, users of one store share: what is below belongs to one of them. */
const SHARED: Readonly<Record<SideFolderName, number>> = {
  'oxbow-live': 2,
  'oxbow-withdrawn': 0,
  'oxbow-cache': 2,
  oxbow: 0,
};

/** How often a folder is made again that others, who remove empty ones, take away meanwhile. */
const ATTEMPTS = 50;
/** Longest name a file system takes, in bytes. */
const LONGEST_NAME = 255;

/**
 * One of Oxbow's own folders in a store, and the only way into it. A store may come from anybody, so what lies there is trusted less than
 * objects, which prove what they are: nothing is reached through a symbolic link, only files are opened, and only what belongs to this user is written,
 * moved or removed. Readers do not see anything else, and whoever would change it gets a {@link StoreEntryError}. Paths are lists of names below
 * the folder; entries that Oxbow would not name so are left alone.
 *
 * These are checks before use, not a sandbox: somebody who may write into the store at this very moment can still win a race. The folders
 * that matter are of this user, so nobody else may.
 */
export class SideFolder {
  readonly path: string;
  readonly #store: string;
  readonly #name: SideFolderName;

  constructor(store: string, name: SideFolderName) {
    this.#store = store;
    this.#name = name;
    this.path = join(store, name);
  }

  /** Names of the folders in a folder, unsorted; none when it is not there. */
  folders(...path: readonly string[]): string[] {
    return this.#list(path)
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  }

  /** Names of the files in a folder, unsorted; none when it is not there. */
  files(...path: readonly string[]): string[] {
    return this.#list(path)
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  }

  /** Opens a file for reading; undefined when it is not there. The caller closes it. */
  open(...path: readonly string[]): number | undefined {
    return this.#ifThere(path, (file) => openPlain(file));
  }

  /** The content of a file; undefined when it is not there. */
  read(...path: readonly string[]): Buffer | undefined {
    return this.#ifThere(path, (file) => readPlain(file, 'record'));
  }

  /** When a folder was changed last, in milliseconds since 1970; undefined when it is not there. */
  madeAt(...path: readonly string[]): number | undefined {
    return this.#ifThere(path, (folder) => {
      const stat = entryAt(folder);
      return stat?.isDirectory() ? stat.mtimeMs : undefined;
    });
  }

  /** When a file was changed last, in milliseconds since 1970; undefined when it is not there. */
  changedAt(...path: readonly string[]): number | undefined {
    return this.#ifThere(path, (file) => {
      const stat = entryAt(file);
      return stat?.isFile() ? stat.mtimeMs : undefined;
    });
  }

  /** Makes a folder of this user with its missing parents. Throws {@link StoreEntryError} when something else is in its place. */
  make(...path: readonly string[]): string {
    if (!path.every(isName)) throw systemError('EINVAL', 'invalid name', join(this.path, ...path));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return this.#makeOnce(path);
      } catch (error) {
        if (errorCode(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /**
   * Opens a file of this user for reading and writing, made if it is missing; `empty` when nothing of an earlier content may stay. The
   * folder must be there. The caller closes it.
   */
  openOwn(path: readonly string[], { empty = false, append = false } = {}): number {
    const file = this.#own(path);
    if (file === undefined) throw missing(join(this.path, ...path));
    const { O_RDWR, O_CREAT, O_APPEND } = constants;
    const fd = openPlain(file, O_RDWR | O_CREAT | (append ? O_APPEND : 0), 0o644);
    try {
      const stat = fstatSync(fd);
      // A second name of a file is a file of somebody, somewhere.
      if (stat.nlink > 1) throw new StoreEntryError(file, 'a file with another name (a hard link)');
      if (!isOwn(stat)) throw foreign(file);
      if (empty) ftruncateSync(fd);
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Writes a file of this user, in place of one that is there. The folder must be there. */
  write(path: readonly string[], content: Uint8Array): void {
    const fd = this.openOwn(path, { empty: true });
    try {
      writeFully(fd, content);
    } finally {
      closeSync(fd);
    }
  }

  /** Gives a file another name in its folder, in place of what has it. */
  rename(path: readonly string[], to: string): void {
    const [from, target] = [this.#own(path), this.#own([...path.slice(0, -1), to])];
    if (from === undefined || target === undefined) throw missing(join(this.path, ...path));
    renameSync(from, target);
  }

  /** Moves a file of the store, given from its folder with slashes, into this folder; false when it is gone already. */
  takeIn(from: string, ...path: readonly string[]): boolean {
    this.make(...path.slice(0, -1));
    const target = this.#own(path);
    return target !== undefined && this.#move(from, join(this.#store, from), target);
  }

  /** Moves a file of this folder into the store, given from its folder with slashes; false when it is gone already. */
  giveBack(path: readonly string[], to: string): boolean {
    const from = this.#own(path);
    const target = join(this.#store, to);
    if (from === undefined || !entryAt(from)?.isFile()) return false;
    return this.#move(to, from, target);
  }

  /** Removes a file; nothing happens when it is gone or is not a file. */
  removeFile(...path: readonly string[]): void {
    const file = this.#own(path);
    if (file === undefined || !entryAt(file)?.isFile()) return;
    ignoring(['ENOENT'], () => unlinkSync(file));
  }

  /** Removes a folder of this user if nothing is in it, and says whether it is gone. */
  removeEmpty(...path: readonly string[]): boolean {
    const folder = this.#own(path);
    if (folder === undefined) return true;
    if (!this.#mayChange(path, folder)) return entryAt(folder) === undefined;
    ignoring(['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'], () => rmdirSync(folder));
    return entryAt(folder) === undefined;
  }

  /** Removes a folder of this user with all that is in it. Links in it are removed, not followed. */
  removeAll(...path: readonly string[]): void {
    const folder = this.#own(path);
    if (folder !== undefined && this.#mayChange(path, folder))
      rmSync(folder, { recursive: true, force: true });
  }

  /** Whether a folder is there and of this user, and so are all on the way to it but those that users share. */
  isOwn(...path: readonly string[]): boolean {
    try {
      const folder = this.#own(path);
      return folder !== undefined && this.#mayChange(path, folder);
    } catch (error) {
      if (error instanceof StoreEntryError) return false;
      throw error;
    }
  }

  #list(path: readonly string[]): Dirent[] {
    const list = (folder: string): Dirent[] =>
      entryAt(folder)?.isDirectory() ? readdirSync(folder, { withFileTypes: true }) : [];
    return this.#ifThere(path, list) ?? [];
  }

  /** What Oxbow did not put there is not there for a reader. */
  #ifThere<T>(path: readonly string[], look: (file: string) => T): T | undefined {
    try {
      const file = this.#at(path);
      return file === undefined ? undefined : look(file);
    } catch (error) {
      if (isAbsent(error) || error instanceof StoreEntryError) return undefined;
      throw error;
    }
  }

  /** Where something lies; undefined when a folder on the way is missing, or when no entry can have such a name. */
  #at(path: readonly string[]): string | undefined {
    if (!path.every(isName)) return undefined;
    return checkWay(this.#store, [this.#name, ...path].join('/')) ? join(this.path, ...path) : undefined;
  }

  /** The same of what this user may change: all folders on the way are theirs. */
  #own(path: readonly string[]): string | undefined {
    const found = this.#at(path);
    if (found === undefined) return undefined;
    const names = [this.#name, ...path];
    for (let depth = SHARED[this.#name] + 1; depth < names.length; depth += 1) {
      const folder = join(this.#store, ...names.slice(0, depth));
      if (!isOwnFolder(folder)) throw foreign(folder);
    }
    return found;
  }

  #mayChange(path: readonly string[], folder: string): boolean {
    if (path.length >= SHARED[this.#name]) return isOwnFolder(folder);
    return entryAt(folder)?.isDirectory() === true;
  }

  #makeOnce(path: readonly string[]): string {
    let folder = this.#store;
    for (const [depth, name] of [this.#name, ...path].entries()) {
      folder = join(folder, name);
      const isThere = entryAt(folder) !== undefined;
      if (!isThere) ignoring(['EEXIST'], () => mkdirSync(folder));
      const stat = entryAt(folder);
      if (stat === undefined) throw missing(folder);
      if (!stat.isDirectory()) throw new StoreEntryError(folder, kindOf(stat));
      if (depth >= SHARED[this.#name] && !isOwn(stat)) throw foreign(folder);
    }
    return folder;
  }

  /** `way` is the end in the store that others fill, from the folder of the store. */
  #move(way: string, from: string, to: string): boolean {
    if (!checkWay(this.#store, way)) {
      if (from === join(this.#store, way)) return false;
      throw missing(to);
    }
    try {
      renameSync(from, to);
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }
}

/** The folder for what Oxbow writes into a store for a while, such as code for a spin. */
export const sideFolder = (store: string): SideFolder => new SideFolder(store, 'oxbow');

const isName = (name: string): boolean =>
  name !== '' &&
  name !== '.' &&
  name !== '..' &&
  !/[/\\\0]/.test(name) &&
  Buffer.byteLength(name) <= LONGEST_NAME;

function isOwnFolder(path: string): boolean {
  const stat = entryAt(path);
  return stat?.isDirectory() === true && isOwn(stat);
}

const isOwn = ({ uid }: { readonly uid: number }): boolean =>
  process.getuid === undefined || process.getuid() === uid;

const foreign = (path: string): StoreEntryError =>
  new StoreEntryError(
    path,
    'of another user',
    'so Oxbow writes, moves and deletes nothing in it. Let that user run `flow gc`, or work in a copy of the store.',
  );

const missing = (path: string): Error => systemError('ENOENT', 'no such file or directory', path);

const systemError = (code: string, text: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${text}, '${path}'`), { code });

function ignoring(codes: readonly string[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!codes.includes(errorCode(error))) throw error;
  }
}
