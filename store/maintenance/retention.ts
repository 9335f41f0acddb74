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

/** Why runs stay that a policy selects: how many for each reason, and each run for the first that holds. */
export interface KeptRuns {
  readonly running: number;
  /** Among the newest of their flow. */
  readonly newest: number;
  /** Too young. */
  readonly young: number;
  /** Tagged, and nothing else keeps them. */
  readonly tagged: number;
  /** Of other users, and therefore not looked at. */
  readonly foreign: number;
}

/** What a policy says about runs. */
export interface Judgement {
  /** The runs that may go, oldest first. */
  readonly going: readonly ListedRun[];
  readonly kept: KeptRuns;
}

/** The runs that a policy lets go, oldest first (see {@link judgeRuns}). */
export const runsToDelete = (
  runs: readonly ListedRun[],
  policy: RetentionPolicy,
  now: number = Date.now(),
): readonly ListedRun[] => judgeRuns(runs, policy, now).going;

/**
 * Judges runs by a policy. Pure. A run stays when any rule keeps it; one that goes on always stays, and counts among the newest of its
 * flow.
 */
export function judgeRuns(
  runs: readonly ListedRun[],
  policy: RetentionPolicy,
  now: number = Date.now(),
): Judgement {
  const kept = { running: 0, newest: 0, young: 0, tagged: 0, foreign: 0 };
  if (!asksForRuns(policy)) return { going: [], kept };
  const { namespace, ...anybody } = policy;
  if (namespace !== undefined)
    kept.foreign = runs.filter((run) => isSelected(run, anybody) && !isSelected(run, policy)).length;
  const { keepLast = 0, newerThan, tags, includeTagged = tags !== undefined } = policy;
  const newest = new Map<string, number>();
  const going: ListedRun[] = [];
  for (const run of runs.filter((each) => isSelected(each, policy)).sort(newestFirst)) {
    const place = newest.get(run.flow) ?? 0;
    newest.set(run.flow, place + 1);
    if (run.state === 'running') kept.running += 1;
    else if (place < keepLast) kept.newest += 1;
    else if (newerThan !== undefined && now - run.createdAt < newerThan) kept.young += 1;
    else if (run.tags.length > 0 && !includeTagged) kept.tagged += 1;
    else going.push(run);
  }
  return { going: going.reverse(), kept };
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
