import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BREAKER, breakForgotten } from '../git/lock-file.ts';
import type { Repository } from '../git/repository.ts';
import { checkWay, isAbsent } from '../plain-files.ts';

/** Removes locks that killed processes left, native git's too; returns how many. The caller holds the maintenance lock. */
export function removeForgottenLocks({ path }: Repository): number {
  const breakers = list(path).flatMap(({ name }) => (name.startsWith(BREAKER) ? [join(path, name)] : []));
  const locks = [
    ...['packed-refs.lock', 'HEAD.lock', 'config.lock'].map((name) => join(path, name)),
    ...(checkWay(path, 'refs/') ? locksBelow(join(path, 'refs')) : []),
    ...breakers,
  ];
  return locks.filter((lock) => breakForgotten(lock, { root: path })).length;
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
    if (isAbsent(error)) return [];
    throw error;
  }
}
