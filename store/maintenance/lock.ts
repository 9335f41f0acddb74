import { join } from 'node:path';
import { OxbowError } from '../errors.ts';
import { LockFile } from '../git/lock-file.ts';
import { requireWritable } from '../store-errors.ts';

/** Another process maintains the store: only one may at a time. */
export class MaintenanceRunningError extends OxbowError {
  override readonly code = 'MaintenanceRunningError';
  /** The lock file. */
  readonly lock: string;

  constructor(lock: string) {
    super(
      `Another process is maintaining the store ("${lock}"). Wait until it has finished; ` +
        'when it runs on a machine that is gone, delete the file.',
    );
    this.lock = lock;
  }
}

/** Git, too, takes a gc for dead after twelve hours (`lock_repo_for_gc` in builtin/gc.c); in milliseconds. */
const LONGEST = 12 * 3_600_000;

/**
 * Takes the lock of whoever merges or prunes in a store, or gives undefined when another process holds it. One whose holder is
 * dead is broken. Runs and readers know nothing of it.
 */
export function takeMaintenanceLock(store: string): LockFile | undefined {
  return LockFile.try(join(store, 'oxbow-maintenance'), { root: store, forgottenAfter: LONGEST });
}

/** Runs `work` under the lock. Throws {@link MaintenanceRunningError} when another process holds it. */
export function whileMaintaining<T>(store: string, work: () => T): T {
  requireWritable(store);
  const lock = takeMaintenanceLock(store);
  if (lock === undefined) throw new MaintenanceRunningError(join(store, 'oxbow-maintenance.lock'));
  try {
    return work();
  } finally {
    lock.release();
  }
}
