import { statSync } from 'node:fs';
import { openStore, type Repository } from '#store';

/** Stores that are open for reading at a time. */
const LIMIT = 4;

interface OpenStore {
  readonly repository: Repository;
  /** Tells the folder apart from another that takes its place. */
  readonly folder: string;
}

/** By path, the least recently opened first. */
const open = new Map<string, OpenStore>();

/**
 * The store in a folder, opened once however many clients read it, so that opening another client costs nothing that lasts. Only the
 * stores opened last are kept; the files of the others are closed, and open again when somebody reads them. Throws NoStoreError and
 * NotARepositoryError.
 */
export function sharedStore(path: string): Repository {
  const folder = folderMark(path);
  const known = open.get(path);
  const store =
    known !== undefined && known.folder === folder
      ? known
      : { repository: openStore({ store: path }), folder };
  if (store !== known) closeStore(path);
  open.delete(path);
  open.set(path, store);
  const [oldest] = open.keys();
  if (open.size > LIMIT && oldest !== undefined) closeStore(oldest);
  return store.repository;
}

/** Closes the files of a store and forgets what was read of it. Whoever still reads through it opens them again. */
export function closeStore(path: string): void {
  open.get(path)?.repository.close();
  open.delete(path);
}

function folderMark(path: string): string {
  try {
    const { dev, ino } = statSync(path);
    return `${dev} ${ino}`;
  } catch {
    // Opening it tells what is wrong.
    return 'none';
  }
}
