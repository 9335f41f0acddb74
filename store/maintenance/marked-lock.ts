import { type Dirent, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../atomic-file.ts';
import { isAlive, thisProcess } from '../environment.ts';
import { LockFile } from '../git/lock-file.ts';
import type { Repository } from '../git/repository.ts';

/** Refs are locked for a moment; a lock this old, in milliseconds, was left by a process that was killed. */
const FORGOTTEN = 3_600_000;

/**
 * Takes git's lock of a file and writes into it who holds it: nobody else reads a lock, and when this process is killed the next
 * maintenance need not wait an hour to know that it is stale. Waits and throws as LockFile.take does.
 */
export function takeMarked(path: string, patience: number): LockFile {
  const lock = LockFile.take(path, patience);
  const { pid, host, boot = '' } = thisProcess();
  try {
    writeFileSync(lock.lock, `oxbow maintenance pid ${pid} host ${host} boot ${boot}\n`);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

const MARK = /^oxbow maintenance pid (\d+) host (\S*) boot (\S*)\n$/;

/** Removes locks of refs that killed processes left; returns how many. The caller holds the maintenance lock. */
export function removeForgottenLocks(repository: Repository): number {
  const locks = [join(repository.path, 'packed-refs.lock'), ...locksBelow(join(repository.path, 'refs'))];
  const forgotten = locks.filter(isForgotten);
  for (const lock of forgotten) rmSync(lock, { force: true });
  return forgotten.length;
}

function isForgotten(lock: string): boolean {
  try {
    const age = Date.now() - statSync(lock).mtimeMs;
    const [, pid, host = '', boot = ''] = MARK.exec(readFileSync(lock, 'utf8')) ?? [];
    if (pid === undefined) return age > FORGOTTEN;
    return isAlive({ pid: Number(pid), host, ...(boot ? { boot } : {}) }) === false || age > FORGOTTEN;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function locksBelow(folder: string): string[] {
  return list(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return locksBelow(path);
    return entry.name.endsWith('.lock') ? [path] : [];
  });
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // The last ref in it has been deleted since.
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
