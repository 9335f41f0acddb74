import type { ListedRun, RunState } from './run-list.ts';

/** Which runs may go. Absent fields ask nothing. */
export interface RetentionPolicy {
  /** Only runs of these flows. */
  readonly flows?: readonly string[];
  /** Only runs that carry this system tag, such as `user:ann`. */
  readonly namespace?: string;
  /** Only runs that ended so. */
  readonly states?: readonly RunState[];
  /** Only runs with one of these user tags. */
  readonly tags?: readonly string[];
  /** The newest so many of each flow stay, of those the conditions above select. */
  readonly keepLast?: number;
  /** Runs younger than this stay, in milliseconds. */
  readonly newerThan?: number;
  /** Runs with user tags may go too; without this only `tags` selects such runs. */
  readonly includeTagged?: boolean;
}

/** Whether a policy asks for anything: one that names neither a rule nor a kind of run deletes nothing. */
export const asksForRuns = ({ states, tags, keepLast, newerThan }: RetentionPolicy): boolean =>
  states !== undefined || tags !== undefined || keepLast !== undefined || newerThan !== undefined;

/**
 * The runs that a policy lets go, oldest first. Pure. A run stays when any rule keeps it; one that goes on always stays, and
 * counts among the newest of its flow.
 */
export function runsToDelete(
  runs: readonly ListedRun[],
  policy: RetentionPolicy,
  now: number = Date.now(),
): ListedRun[] {
  if (!asksForRuns(policy)) return [];
  const { keepLast = 0, newerThan, tags, includeTagged = tags !== undefined } = policy;
  const newest = new Map<string, number>();
  const going: ListedRun[] = [];
  for (const run of runs.filter((each) => isSelected(each, policy)).sort(newestFirst)) {
    const place = newest.get(run.flow) ?? 0;
    newest.set(run.flow, place + 1);
    const stays =
      run.state === 'running' ||
      place < keepLast ||
      (newerThan !== undefined && now - run.createdAt < newerThan) ||
      (run.tags.length > 0 && !includeTagged);
    if (!stays) going.push(run);
  }
  return going.reverse();
}

function isSelected(run: ListedRun, { flows, namespace, states, tags }: RetentionPolicy): boolean {
  return (
    (flows?.includes(run.flow) ?? true) &&
    (namespace === undefined || run.systemTags.includes(namespace)) &&
    (states?.includes(run.state) ?? true) &&
    (tags?.some((tag) => run.tags.includes(tag)) ?? true)
  );
}

/** Ids sort by start. */
const newestFirst = (a: ListedRun, b: ListedRun): number => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
