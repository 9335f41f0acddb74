import { randomBytes } from 'node:crypto';
import {
  close,
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isWordOfDead, processWord, thisProcess } from './process-mark.ts';
import { shareFile } from './sharing.ts';

/** How a file is published: its permission bits, and whether it must survive a power cut (default true). */
export interface AtomicWriteOptions {
  readonly mode?: number;
  readonly sync?: boolean;
}

/**
 * Replaces or creates a file so that every reader, and every crash, sees either the old content or the new one:
 * written beside, fsynced, renamed, folder fsynced. Throws the file system's own error and leaves nothing behind.
 */
export function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  options: AtomicWriteOptions = {},
): void {
  const { mode = 0o644, sync = true } = options;
  const file = temporaryFor(path, mode);
  try {
    file.write(typeof content === 'string' ? Buffer.from(content) : content);
    file.publish(path, sync);
  } catch (error) {
    file.discard();
    throw error;
  }
  if (sync) syncFolder(dirname(path));
}

/** The file that shall become `path`. What hinders it is said of that name, which is the one the caller knows. */
function temporaryFor(path: string, mode: number): TemporaryFile {
  try {
    return TemporaryFile.in(dirname(path), mode);
  } catch (error) {
    if (error instanceof Error && 'path' in error) error.path = path;
    throw error;
  }
}

/**
 * A file under a name nobody reads, which becomes visible, complete, under its final name. It lives in the folder of
 * the final name, so that the rename stays on one file system. The name does not begin with `tmp_`, because
 * `git prune` deletes such files however new they are.
 */
export class TemporaryFile {
  readonly path: string;
  readonly fd: number;
  #open = true;

  private constructor(path: string, mode: number) {
    this.path = path;
    this.fd = openSync(path, 'wx+', mode);
    shareFile(path, this.fd);
  }

  /** Creates one in `folder`, which must exist. */
  static in(folder: string, mode = 0o644): TemporaryFile {
    return new TemporaryFile(
      join(folder, `${TEMPORARY_PREFIX}${processWord(thisProcess())}-${randomBytes(6).toString('hex')}`),
      mode,
    );
  }

  /** Appends all of `bytes`, or writes them at `position`. */
  write(bytes: Uint8Array, position?: number): void {
    writeFully(this.fd, bytes, position);
  }

  /**
   * Lets the disk begin with what has been written, while this thread goes on. Whether that works is of no interest: a failed
   * write is reported once to each descriptor that was open by then, so also to the one that is synced in the end.
   */
  writeBack(): void {
    const fd = openSync(this.path, 'r');
    fdatasync(fd, () => close(fd, () => {}));
  }

  /** Renames to the final name, after an fsync when `sync`. The caller fsyncs the folder. */
  publish(path: string, sync: boolean): void {
    this.finish(sync);
    renameSync(this.path, path);
  }

  /** Gives the file another name, beside its temporary one, unless there is something of that name: then false. */
  linkTo(path: string): boolean {
    return linkFile(this.path, path);
  }

  /** Closes the file, after an fsync when `sync`, and keeps its temporary name. */
  finish(sync: boolean): void {
    if (!this.#open) return;
    if (sync) fsyncSync(this.fd);
    this.#open = false;
    closeSync(this.fd);
  }

  /** Closes and removes the file; does nothing once it has been published. */
  discard(): void {
    this.finish(false);
    rmSync(this.path, { force: true });
  }
}

const TEMPORARY_PREFIX = '.oxbow-tmp-';

/** Gives a file another name unless there is something of that name: then false. Throws where files have one name only. */
export function linkFile(path: string, to: string): boolean {
  try {
    linkSync(path, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Writes every byte: a single write may stop short, for instance when interrupted by a signal. */
export function writeFully(fd: number, bytes: Uint8Array, position?: number): void {
  let done = 0;
  while (done < bytes.length) {
    const at = position === undefined ? null : position + done;
    done += writeSync(fd, bytes, done, bytes.length - done, at);
  }
}

/** Makes the names in a folder survive a power cut. File systems that cannot do this are left to their own devices. */
export function syncFolder(path: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    fsyncSync(fd);
  } catch (error) {
    if (!UNSUPPORTED.has(errorCode(error))) throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

const UNSUPPORTED = new Set(['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP']);

/** How often a folder is made again that others, who remove empty ones, take away meanwhile. */
const ATTEMPTS = 50;

/** How a folder is made. */
interface FolderOptions {
  /** Each new name survives a power cut. */
  readonly sync?: boolean;
  readonly mode?: number;
}

/**
 * Creates a folder and its missing parents. Step by step, since mkdir's own recursion never ends where a file system refuses to
 * create anything, as /proc does.
 */
export function makeFolder(path: string, { sync = true, mode }: FolderOptions = {}): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      makeMissing(path, sync, mode);
      return;
    } catch (error) {
      // A parent was there and is gone.
      if (errorCode(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}

function makeMissing(path: string, sync: boolean, mode: number | undefined): void {
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) {
    try {
      mkdirSync(folder, { mode });
    } catch (error) {
      // Another process made it meanwhile.
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    if (sync) syncFolder(dirname(folder));
  }
}

/**
 * Names of the temporary files that killed writers left in a folder: those whose writer is known to be dead, and others older than
 * `olderThan` milliseconds; files of a running writer are younger than that by far.
 */
export function staleTemporaries(folder: string, olderThan: number): string[] {
  return readdirSync(folder).filter((name) => {
    if (!name.startsWith(TEMPORARY_PREFIX)) return false;
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    return stat !== undefined && (isLeftByDead(name) || Date.now() - stat.mtimeMs >= olderThan);
  });
}

/** Removes the {@link staleTemporaries} of a folder, and returns their names. */
export function removeStaleTemporaries(folder: string, olderThan: number): string[] {
  const stale = staleTemporaries(folder, olderThan);
  for (const name of stale) rmSync(join(folder, name), { force: true });
  return stale;
}

const isLeftByDead = (name: string): boolean =>
  isWordOfDead(name.slice(TEMPORARY_PREFIX.length).replace(/-[0-9a-f]+$/, ''));

/** The code of a system error such as `ENOENT`, or an empty string for anything else. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
