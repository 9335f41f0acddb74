/** What of a run, beside its tasks and their record, could not be done. */
export type TroubleKind =
  /** The flow's branch, or HEAD, does not point at the run. */
  | 'branch'
  /** A tag of the run is missing, or points at an earlier checkpoint. */
  | 'tags'
  /** The packs of the run did not become one. */
  | 'merge'
  /** A file or ref that nobody needs any more is still there. */
  | 'clean-up'
  /** Maintenance of the store in the background did not start. */
  | 'maintenance';

/** Something that failed without changing the result of a run. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly error: unknown;
}

/**
 * Collects what goes wrong beside the tasks of a run. A run is what its tasks came to: pointers to it, the order of its packs and the
 * removal of what is needless may fail without changing that. The next run, `flow gc` or `flow fsck` makes good for it.
 */
export class Troubles {
  #waiting: Trouble[] = [];

  /** Does something that may fail. */
  attempt(kind: TroubleKind, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.add({ kind, error });
    }
  }

  /** Adds what went wrong elsewhere. */
  add(trouble: Trouble): void {
    this.#waiting.push(trouble);
  }

  /** What went wrong since the last call. */
  take(): readonly Trouble[] {
    return this.#waiting.splice(0);
  }
}
