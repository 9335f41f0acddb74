import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { errorCode, TemporaryFile } from '../atomic-file.ts';
import { checkWay, entryAt, isAbsent, makeFolderIn, readPlain, StoreEntryError } from '../plain-files.ts';
import { isAlive, parseProcessMark, processMark, thisProcess } from '../process-mark.ts';
import { RefLockedError } from './errors.ts';

/** Where a lock is taken. */
export interface LockPlace {
  /** The folder of the repository: what is locked lies in it, reached by no symbolic link, and temporary files are made there. */
  readonly root: string;
  /** A lock of whose holder nothing can be known counts as forgotten when it is so old, in ms; an hour when absent. */
  readonly forgottenAfter?: number;
}

/** Git locks refs for a moment; a lock this old, in milliseconds, was left by a process that was killed. */
const FORGOTTEN = 3_600_000;
/** No lock from before the boot of this machine is waited for longer than this, in milliseconds: its holder is gone with the power. */
const AFTER_BOOT = 60_000;

/**
 * Git's lock protocol: whoever creates `<path>.lock` may replace `<path>`, and then removes the lock. Native git and
 * isomorphic-git keep to it too. The lock appears with its holder's name in it, and keeps it to the end: so the lock of a
 * process that is provably dead is broken by whoever wants it next.
 */
export class LockFile {
  readonly path: string;
  readonly lock: string;
  readonly #place: LockPlace;
  #held = true;

  private constructor(path: string, place: LockPlace) {
    this.path = path;
    this.lock = `${path}.lock`;
    this.#place = place;
  }

  /** Takes the lock, waiting up to `patience` ms for another holder. Throws a {@link RefLockedError} after that. */
  static take(path: string, { patience, ...place }: LockPlace & { readonly patience: number }): LockFile {
    const deadline = performance.now() + patience;
    for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
      const lock = LockFile.try(path, place);
      if (lock !== undefined) return lock;
      if (performance.now() > deadline) throw busy(`${path}.lock`);
      sleep(pause * (0.5 + Math.random()));
    }
  }

  /** Takes the lock, or gives undefined when another process holds it. */
  static try(path: string, place: LockPlace): LockFile | undefined {
    const lock = `${path}.lock`;
    if (create(lock, place.root)) return new LockFile(path, place);
    return breakForgotten(lock, place) && create(lock, place.root) ? new LockFile(path, place) : undefined;
  }

  /** Makes `content` the content of the file. May be called again when the rename fails. The caller fsyncs the folder. */
  commit(content: string): void {
    const file = TemporaryFile.in(this.#place.root);
    try {
      file.write(Buffer.from(content));
      // Over the file itself and not over the lock, which would then no longer say whose it is.
      file.finish(true);
      renameSync(file.path, this.path);
    } catch (error) {
      file.discard();
      throw error;
    }
    this.release();
  }

  /** Gives the lock back; does nothing after {@link commit}. */
  release(): void {
    if (!this.#held) return;
    rmSync(this.lock, { force: true });
    this.#held = false;
  }
}

const MARK = /^oxbow lock (.*)\n$/;

function create(lock: string, root: string): boolean {
  checkWay(root, relative(root, lock).replaceAll(sep, '/'));
  const file = TemporaryFile.in(root);
  try {
    file.write(Buffer.from(`oxbow lock ${processMark(thisProcess())}\n`));
    file.finish(false);
    return place(file, lock, root);
  } finally {
    file.discard();
  }
}

function place(file: TemporaryFile, lock: string, root: string): boolean {
  for (;;) {
    try {
      return file.linkTo(lock);
    } catch (error) {
      if (UNLINKABLE.has(errorCode(error))) return createAlone(lock, readFileSync(file.path));
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    // Somebody who deleted the last ref in the folder may remove it again before we are in.
    makeFolderIn(root, relative(root, dirname(lock)).replaceAll(sep, '/'));
  }
}

/** Where files have one name only: for a moment the lock does not say whose it is. */
const UNLINKABLE = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function createAlone(lock: string, mark: Uint8Array): boolean {
  try {
    writeFileSync(lock, mark, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a lock whose holder is dead, or of whom nothing has been heard for too long. False when there is none such, or
 * somebody else is at it.
 *
 * Two may find it at once, and the slower one must not remove the lock that the faster one has taken since. So only who holds
 * the lock of breaking this very lock may remove it, and looks again before it does. Should that one be killed, the lock it
 * leaves is broken in the same way.
 */
export function breakForgotten(lock: string, place: LockPlace): boolean {
  const found = look(lock);
  if (found === undefined || !isForgotten(found, place.forgottenAfter ?? FORGOTTEN)) return false;
  if (holderIsUnknown(found) && !standsStill(lock, found)) return false;
  const breaker = LockFile.try(breakerOf(found, place), { root: place.root });
  if (breaker === undefined) return false;
  try {
    if (look(lock)?.key === found.key) rmSync(lock, { force: true });
    return true;
  } finally {
    breaker.release();
  }
}

/** What the names of locks begin with that are held while another one is broken. */
export const BREAKER = 'oxbow-break-';

const breakerOf = ({ key }: Found, { root }: LockPlace): string => join(root, `${BREAKER}${key}`);

interface Found {
  readonly text: string;
  readonly time: number;
  /** Equal for the same lock only. */
  readonly key: string;
}

function look(lock: string): Found | undefined {
  try {
    const text = readPlain(lock).toString('latin1');
    const stat = entryAt(lock);
    if (stat === undefined) return undefined;
    const { ino, mtimeMs } = stat;
    const key = createHash('sha1').update(`${lock}\n${ino}\n${mtimeMs}\n${text}`).digest('hex').slice(0, 20);
    return { text, time: mtimeMs, key };
  } catch (error) {
    // No lock of anybody's: who put it there has to take it away.
    if (isAbsent(error) || error instanceof StoreEntryError) return undefined;
    throw error;
  }
}

/**
 * Whether a lock that looks old stays as it is for a while. By the wall clock alone a lock that git has taken just now is hours old when somebody
 * sets that clock forward.
 */
function standsStill(lock: string, { key }: Found): boolean {
  sleep(WATCHED);
  return look(lock)?.key === key;
}

/** How long, in milliseconds: git holds the lock of a ref for a few. */
const WATCHED = 1000;

const holderIsUnknown = ({ text }: Found): boolean => {
  const holder = parseProcessMark(MARK.exec(text)?.[1] ?? '');
  return holder === undefined || isAlive(holder) === undefined;
};

function isForgotten({ text, time }: Found, after: number): boolean {
  const now = Date.now();
  const holder = parseProcessMark(MARK.exec(text)?.[1] ?? '');
  const alive = holder === undefined ? undefined : isAlive(holder);
  if (alive !== undefined) return !alive;
  // A power cut may leave a lock without its content.
  const isTorn = holder === undefined && time < now - uptime() * 1000 && now - time > AFTER_BOOT;
  return isTorn || now - time > after;
}

function busy(lock: string): RefLockedError {
  const since = entryAt(lock)?.mtimeMs ?? Date.now();
  return new RefLockedError(lock, Math.max(0, Date.now() - since));
}

const nobody = new Int32Array(new SharedArrayBuffer(4));

function sleep(milliseconds: number): void {
  Atomics.wait(nobody, 0, 0, milliseconds);
}
