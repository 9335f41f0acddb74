import type { Repository } from '../git/repository.ts';
import { sideFolder } from '../side-folder.ts';

/** Where code is written out that a spin executes, and how such folders are named. */
const FOLDER = 'spin-code';
const NAME = /^of-[A-Za-z0-9]{6}$/;

/** Removes the code that killed processes wrote out to execute it, when it is older than `olderThan` milliseconds. Returns how many folders went. */
export function removeLeftoverCode({ path }: Repository, olderThan: number): number {
  const folder = sideFolder(path);
  const old = folder
    .folders(FOLDER)
    .filter((name) => NAME.test(name) && folder.isOwn(FOLDER, name))
    .filter((name) => Date.now() - (folder.madeAt(FOLDER, name) ?? Date.now()) > olderThan);
  for (const name of old) folder.removeAll(FOLDER, name);
  return old.length;
}
