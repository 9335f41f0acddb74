import { parseTarget } from '../address.ts';
import type { InnerFlow, InnerRun } from '../inner.ts';
import { locate } from '../locate.ts';
import type { Flow, Run } from '../objects.ts';
import { orMissing } from '../or-missing.ts';

/** What is known of a run itself, by the names that expressions and columns use. Times are ISO 8601; `seconds` is null while the run has not ended. */
const FIELDS = {
  run: (run: Run<unknown>) => run.id,
  flow: (run: Run<unknown>) => run.parent.id,
  status: (run: Run<unknown>) => run.status,
  tags: (run: Run<unknown>) => run.tags,
  user: (run: Run<unknown>) => briefOf(run).user,
  startedAt: (run: Run<unknown>) => briefOf(run).createdAt,
  finishedAt: (run: Run<unknown>) => briefOf(run).finishedAt ?? null,
  seconds: secondsOf,
  tasks: (run: Run<unknown>) => briefOf(run).totals.tasks,
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
  return (run as InnerRun).kept(name, () =>
    orMissing(() => {
      const found = locate(run as InnerRun, parseTarget(name));
      return found.kind === 'artifact' ? found.data : undefined;
    }),
  );
}

/** User tags of runs, as they were when they were first asked about: quick for a list of many runs. */
export class RunTags {
  readonly #flows = new Map<string, ReadonlyMap<string, readonly string[]>>();

  /** Those of a run, sorted. */
  of(run: Run<unknown>): readonly string[] {
    const { id: flow } = run.parent;
    const table = this.#flows.get(flow) ?? (run.parent as InnerFlow).tagTable();
    this.#flows.set(flow, table);
    return table.get(run.id) ?? [];
  }
}

/** What the record of a run says in short. */
export const briefOf = (run: Run<unknown>): InnerRun['brief'] => (run as InnerRun).brief;

/** Says that a list will look at many runs of a flow, so that what is kept of them is read at once. */
export const expectMany = (flow: Flow<unknown>): void => (flow as InnerFlow).expectMany();
