import { parseTarget } from '../address.ts';
import type { InnerRun } from '../inner.ts';
import { locate } from '../locate.ts';
import type { Run } from '../objects.ts';
import { orMissing } from '../or-missing.ts';

/** What is known of a run itself, by the names that expressions and columns use. Times are ISO 8601; `seconds` is null while the run has not ended. */
const FIELDS = {
  run: (run: Run<unknown>) => run.id,
  flow: (run: Run<unknown>) => run.parent.id,
  status: (run: Run<unknown>) => run.status,
  tags: (run: Run<unknown>) => run.tags,
  user: (run: Run<unknown>) => run.metadata.user,
  startedAt: (run: Run<unknown>) => run.metadata.createdAt,
  finishedAt: (run: Run<unknown>) => run.metadata.finishedAt ?? null,
  seconds: secondsOf,
  tasks: (run: Run<unknown>) => run.totals.tasks,
} as const;

/** The names of what is known of a run itself. */
export const FIELD_NAMES: readonly string[] = Object.keys(FIELDS);

/** How long a run or task took; null as long as it has not ended, and for one that crashed. */
export function secondsOf({
  createdAt,
  finishedAt,
}: Pick<Run<unknown>, 'createdAt' | 'finishedAt'>): number | null {
  return finishedAt === null ? null : (finishedAt.getTime() - createdAt.getTime()) / 1000;
}

/** What a name stands for in a run: a field, or the value at an address within it; undefined when the run has no such thing. */
export function valueIn(run: Run<unknown>, name: string): unknown {
  if (Object.hasOwn(FIELDS, name)) return FIELDS[name as keyof typeof FIELDS](run);
  return orMissing(() => {
    const found = locate(run as InnerRun, parseTarget(name));
    return found.kind === 'artifact' ? found.data : undefined;
  });
}
