import { command } from './plain/shell.ts';

/** Options of the commands that read a store. */
export interface ReadOptions {
  /** Folder of the store; the nearest `.flow` upward when absent. */
  readonly store?: string;
  /** See everybody's runs, not only those of the current user's namespace. */
  readonly allUsers?: true;
}

/** The same options for the end of a command that is suggested, so that it reads the same store. */
export const sameStore = ({
  store,
  allUsers,
}: { readonly [K in keyof ReadOptions]: ReadOptions[K] | undefined }): string =>
  (store === undefined ? '' : command` --store ${store}`) + (allUsers ? ' --all-users' : '');
