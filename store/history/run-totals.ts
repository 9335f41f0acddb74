import type { RunTotals } from './schema.ts';

/** What to count into the totals of a run. */
export interface MoreTotals {
  readonly tasks?: number;
  readonly failed?: number;
  readonly taken?: number;
  /** Bytes of artifacts, parameters or constants, uncompressed. */
  readonly logicalBytes?: number;
}

/** The totals of a run with more counted in, `added` being what its values have added to the store so far. */
export function totalsWith(
  totals: RunTotals,
  { tasks = 0, failed = 0, taken = 0, logicalBytes = 0 }: MoreTotals,
  added: { readonly bytes: number; readonly logical: number },
): RunTotals {
  const made = (totals.logicalBytes ?? 0) + logicalBytes;
  return {
    tasks: totals.tasks + tasks,
    failed: totals.failed + failed,
    ...(taken + (totals.taken ?? 0) > 0 ? { taken: taken + (totals.taken ?? 0) } : {}),
    logicalBytes: made,
    // What a value that could not be stored whole has left is new, but no artifact.
    knownBytes: Math.max(0, made - added.logical),
    newBytes: added.bytes,
  };
}
