import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, makeFolder, syncFolder } from '../atomic-file.ts';
import type { Repository } from '../git/repository.ts';
import type { PackFile } from './pack-file.ts';

/**
 * Files of objects/ taken out of sight before they are removed: whoever looks from now on does not find them, and until they
 * are dropped they can come back, as if nothing had been. They lie in a folder of their own under the paths they had.
 */
export const WITHDRAWN = 'oxbow-withdrawn';

/** Takes files out of sight. `paths` are relative to objects/; those that are gone already are left out. */
export function withdraw(repository: Repository, paths: readonly string[]): void {
  for (const path of paths)
    move(join(repository.path, 'objects', path), join(repository.path, WITHDRAWN, path));
}

/** Puts everything back that is out of sight, also what a killed process took. */
export function bringBackWithdrawn(repository: Repository): number {
  const root = join(repository.path, WITHDRAWN);
  let count = 0;
  for (const path of filesBelow(root)) {
    // Its pack may have been removed after all.
    const pack = path.startsWith('pack/') ? path.replace(/\.idx$/, '.pack') : undefined;
    if (pack !== undefined && !existsSync(join(repository.path, 'objects', pack)))
      rmSync(join(root, path), { force: true });
    else count += move(join(root, path), join(repository.path, 'objects', path)) ? 1 : 0;
  }
  if (existsSync(root)) rmSync(root, { recursive: true, force: true });
  return count;
}

/** Removes for ever what is out of sight. */
export function dropWithdrawn(repository: Repository): void {
  rmSync(join(repository.path, WITHDRAWN), { recursive: true, force: true });
  syncFolder(repository.path);
}

/** Removes packs; should this process be killed over it, the next maintenance brings those back that are still whole. */
export function removePacks(repository: Repository, packs: readonly PackFile[]): void {
  if (packs.length === 0) return;
  withdraw(
    repository,
    packs.map(({ name }) => `pack/${name}.idx`),
  );
  for (const pack of packs) pack.remove();
  dropWithdrawn(repository);
  syncFolder(repository.packFolder);
}

function move(from: string, to: string): boolean {
  makeFolder(dirname(to), false);
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return false;
  }
}

function filesBelow(folder: string, prefix = ''): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`)
      : [`${prefix}${entry.name}`],
  );
}

/** Removes the folders of loose objects that became empty. */
export function removeEmptyFanout(repository: Repository, folders: Iterable<string>): void {
  for (const folder of folders) {
    try {
      rmdirSync(join(repository.path, 'objects', folder));
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errorCode(error))) throw error;
    }
  }
}
