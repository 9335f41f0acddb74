import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, makeFolder, writeFully } from '../atomic-file.ts';
import { RefLockedError } from './errors.ts';

/**
 * Git's lock protocol: whoever creates `<path>.lock` may replace `<path>`, by renaming the lock over it, or give up,
 * by removing the lock. Native git and isomorphic-git keep to it too.
 */
export class LockFile {
  readonly path: string;
  readonly lock: string;
  readonly #fd: number;
  #open = true;
  #held = true;

  private constructor(path: string, fd: number) {
    this.path = path;
    this.lock = `${path}.lock`;
    this.#fd = fd;
  }

  /** Takes the lock, waiting up to `patience` ms for another holder. Throws a {@link RefLockedError} after that. */
  static take(path: string, patience: number): LockFile {
    const deadline = performance.now() + patience;
    for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
      const fd = tryCreate(`${path}.lock`);
      if (fd !== undefined) return new LockFile(path, fd);
      if (performance.now() > deadline) throw busy(`${path}.lock`);
      sleep(pause * (0.5 + Math.random()));
    }
  }

  /** Makes `content` the content of the file. May be called again when the rename fails. The caller fsyncs the folder. */
  commit(content: string): void {
    if (this.#open) {
      writeFully(this.#fd, Buffer.from(content));
      fsyncSync(this.#fd);
      this.#close();
    }
    renameSync(this.lock, this.path);
    this.#held = false;
  }

  /** Gives the lock back; does nothing after {@link commit}. */
  release(): void {
    if (!this.#held) return;
    this.#close();
    rmSync(this.lock, { force: true });
    this.#held = false;
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#fd);
  }
}

function tryCreate(lock: string): number | undefined {
  for (;;) {
    try {
      return openSync(lock, 'wx', 0o644);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return undefined;
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    // Somebody who deleted the last ref in the folder may remove it again before we are in.
    makeFolder(dirname(lock));
  }
}

function busy(lock: string): RefLockedError {
  const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return new RefLockedError(lock, Math.max(0, Date.now() - since));
}

const nobody = new Int32Array(new SharedArrayBuffer(4));

function sleep(milliseconds: number): void {
  Atomics.wait(nobody, 0, 0, milliseconds);
}
