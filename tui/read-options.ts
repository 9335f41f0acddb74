/** Options of the commands that read a store. */
export interface ReadOptions {
  /** Folder of the store; the nearest `.flow` upward when absent. */
  readonly store?: string;
  /** See everybody's runs, not only those of the current user's namespace. */
  readonly allUsers?: true;
}
