import { type Dirent, readdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../atomic-file.ts';
import { checkWay, entryAt, isAbsent } from '../plain-files.ts';

/** Names of the refs that have a file of their own and begin with `prefix`, in no order. */
export function* looseRefNames(folder: string, prefix: string): Iterable<string> {
  const start = prefix.slice(0, prefix.lastIndexOf('/') + 1) || 'refs/';
  if (!checkWay(folder, start)) return;
  for (const entry of list(join(folder, start))) {
    if (entry.name.startsWith('.')) continue; // Git passes over .DS_Store and the like, too.
    const name = start + entry.name;
    if (entry.isDirectory()) {
      // A whole folder is wanted, or perhaps something in it, or nothing.
      if (`${name}/`.startsWith(prefix)) yield* looseRefNames(folder, `${name}/`);
    } else if (name.startsWith(prefix) && !name.endsWith('.lock')) yield name;
  }
}

/** A list of a folder made this long after its last change, in milliseconds, has all there was: no later change bears the same time. */
const SETTLED = 2000;

/** A folder whose list is kept for as long as the time of its last change stays the same. */
interface Listed {
  readonly changed: number;
  readonly names: readonly string[];
}

/** Sorted names of the refs with a file of their own in a folder such as `refs/runs/F/`, listed anew only when the folder has changed. */
export class LooseListing {
  #listed: (Listed & { readonly folder: string }) | undefined;

  /** See {@link looseRefNames}. */
  names(root: string, folder: string): readonly string[] {
    const changed = changedAt(join(root, folder));
    if (changed !== undefined && this.#listed?.folder === folder && this.#listed.changed === changed)
      return this.#listed.names;
    const isSettled = changed !== undefined && Math.abs(Date.now() - changed) > SETTLED;
    const names = [...looseRefNames(root, folder)].sort();
    // What changes in a folder below does not change the time of this one.
    const isFlat = () => list(join(root, folder)).every((entry) => !entry.isDirectory());
    this.#listed = isSettled && isFlat() ? { folder, changed, names } : undefined;
    return names;
  }
}

function changedAt(folder: string): number | undefined {
  try {
    const stat = entryAt(folder);
    return stat?.isDirectory() ? stat.mtimeMs : undefined;
  } catch {
    return undefined;
  }
}

/** Names of the folders directly in a folder that hold a ref with a file of its own. */
export function looseRefFolders(folder: string, prefix: string): string[] {
  if (!checkWay(folder, prefix)) return [];
  const names = list(join(folder, prefix))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  return names.filter((name) => {
    for (const _ of looseRefNames(folder, `${prefix}${name}/`)) return true;
    return false;
  });
}

/** Removes a folder of refs, what is empty below it, and parents that become empty, but not `refs/<kind>`. */
export function removeEmptyFolders(root: string, name: string): void {
  for (const entry of list(join(root, name))) {
    if (entry.isDirectory()) removeEmpty(join(root, name, entry.name));
  }
  for (let current = name; current.split('/').length > 2; current = dirname(current)) {
    if (!removeFolder(join(root, current))) return;
  }
}

function removeEmpty(path: string): void {
  for (const entry of list(path)) if (entry.isDirectory()) removeEmpty(join(path, entry.name));
  removeFolder(path);
}

function removeFolder(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    // Something is in it, or another process was faster, or it is a file.
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errorCode(error))) throw error;
    return errorCode(error) === 'ENOENT';
  }
}

function list(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
