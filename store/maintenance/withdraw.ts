import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, syncFolder } from '../atomic-file.ts';
import type { Repository } from '../git/repository.ts';
import { checkWay, entryAt, makeFolderIn } from '../plain-files.ts';
import { SideFolder } from '../side-folder.ts';
import type { PackFile } from './pack-file.ts';

/**
 * Files of objects/ taken out of sight before they are removed: whoever looks from now on does not find them, and until they
 * are dropped they can come back, as if nothing had been. They lie in a folder of their own under the paths they had.
 */
const withdrawnFolder = ({ path }: Repository): SideFolder => new SideFolder(path, 'oxbow-withdrawn');

/** Where a file lies that is out of sight; `path` is relative to objects/. */
export const withdrawnPath = (repository: Repository, path: string): string =>
  join(withdrawnFolder(repository).path, path);

/** Takes files out of sight. `paths` are relative to objects/; those that are gone already are left out. */
export function withdraw(repository: Repository, paths: readonly string[]): void {
  const folder = withdrawnFolder(repository);
  for (const path of paths) folder.takeIn(`objects/${path}`, ...path.split('/'));
}

/** Whether something is out of sight that a killed process took and this user may put back. */
export const hasWithdrawn = (repository: Repository): boolean => {
  const folder = withdrawnFolder(repository);
  return folder.isOwn() && withdrawnFiles(folder).length > 0;
};

/** Puts everything back that is out of sight, also what a killed process took. */
export function bringBackWithdrawn(repository: Repository): number {
  const folder = withdrawnFolder(repository);
  let count = 0;
  for (const path of withdrawnFiles(folder)) {
    const [kind = '', name = ''] = path;
    const pack = kind === 'pack' ? `objects/pack/${name.replace(/\.idx$/, '.pack')}` : undefined;
    // Its pack may have been removed after all.
    if (pack !== undefined && !isFile(repository, pack)) folder.removeFile(...path);
    else if (isFile(repository, `objects/${kind}/${name}`)) folder.removeFile(...path);
    else {
      makeFolderIn(repository.path, `objects/${kind}`);
      count += folder.giveBack(path, `objects/${kind}/${name}`) ? 1 : 0;
    }
  }
  removeFolders(folder);
  return count;
}

/** Removes for ever what is out of sight. */
export function dropWithdrawn(repository: Repository): void {
  const folder = withdrawnFolder(repository);
  for (const path of withdrawnFiles(folder)) folder.removeFile(...path);
  removeFolders(folder);
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

/** The files that {@link withdraw} puts there: indexes of packs and loose objects. Others are not ours, and stay. */
function withdrawnFiles(folder: SideFolder): [kind: string, name: string][] {
  return folder
    .folders()
    .flatMap((kind) => folder.files(kind).map((name) => [kind, name] as [string, string]))
    .filter(([kind, name]) =>
      kind === 'pack' ? /^[^.].*\.idx$/.test(name) : /^[0-9a-f]{40}$/.test(kind + name),
    );
}

function removeFolders(folder: SideFolder): void {
  for (const kind of folder.folders()) folder.removeEmpty(kind);
  folder.removeEmpty();
}

const isFile = ({ path }: Repository, file: string): boolean =>
  checkWay(path, file) && entryAt(join(path, file))?.isFile() === true;

/** Removes the folders of loose objects that became empty. */
export function removeEmptyFanout(repository: Repository, folders: Iterable<string>): void {
  for (const folder of folders) {
    try {
      rmdirSync(join(repository.path, 'objects', folder));
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errorCode(error))) throw error;
    }
  }
}
