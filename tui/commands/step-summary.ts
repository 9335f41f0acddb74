import type { Run, Status, Step, Task } from '#client';
import type { Listing } from './listing-of.ts';

type WideStepTotals = NonNullable<Run['totals']['wideSteps']>[number];

/** How far a step of a run came. */
export interface StepSummary {
  readonly name: string;
  readonly status: Status | 'waiting';
  readonly tasks: number;
  readonly failed: number;
  /** From the start of its first task to the end of its last one. */
  readonly milliseconds: number | undefined;
}

/** All steps of a run's graph in topological order, also those that have not begun. Damaged tasks are told, and count as tasks alone. */
export function stepSummaries(run: Run, listing: Listing): StepSummary[] {
  const begun = new Map(run.steps().map((step) => [step.id, step]));
  const isRunning = run.status === 'running';
  return run.graph.steps.map(({ name, next }) => {
    // What is recorded are tasks that have ended: that no more follow shows in that a later step has begun.
    const mayGoOn = isRunning && name !== 'end' && !next.some((one) => one !== name && begun.has(one));
    return summaryOf(name, begun.get(name), { mayGoOn, listing });
  });
}

function summaryOf(
  name: string,
  step: Step | undefined,
  { mayGoOn, listing }: { readonly mayGoOn: boolean; readonly listing: Listing },
): StepSummary {
  if (!step) return { name, status: 'waiting', tasks: 0, failed: 0, milliseconds: undefined };
  const all = step.tasks();
  const tasks = all.length;
  const total = wideTotals(step, tasks);
  // Which of those that failed are tried again only their records tell.
  const known = total && !(mayGoOn && total.failed > 0) ? total : undefined;
  const { failed, first, last } = known
    ? { failed: known.failed, first: Date.parse(known.startedAt), last: Date.parse(known.finishedAt) }
    : countsOf(all, { mayGoOn, listing });
  const status = failed > 0 ? 'failed' : mayGoOn ? 'running' : 'successful';
  return { name, status, tasks, failed, milliseconds: first <= last ? last - first : undefined };
}

/** What the run's record says of a step that has many tasks, unless it speaks of others than those that are there. */
export const wideTotals = (step: Step, tasks: number): WideStepTotals | undefined =>
  step.parent.totals.wideSteps?.find((one) => one.step === step.id && one.tasks === tasks);

/** How many tasks failed for good, the earliest start and the latest end. Empties the list: a task keeps its record. */
function countsOf(
  tasks: Task[],
  { mayGoOn, listing }: { readonly mayGoOn: boolean; readonly listing: Listing },
): { readonly failed: number; readonly first: number; readonly last: number } {
  let failed = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  tasks.reverse();
  for (let task = tasks.pop(); task; task = tasks.pop()) {
    const of = task;
    const record = listing.try(of, () => of.metadata);
    if (!record) continue;
    if (!task.successful && !(mayGoOn && record.retryAt !== undefined)) failed += 1;
    first = Math.min(first, Date.parse(record.startedAt));
    last = Math.max(last, task.finishedAt?.getTime() ?? Date.now());
  }
  return { failed, first, last };
}

/** The tasks whose records can be read. */
export const readableTasks = (tasks: readonly Task[], listing: Listing): Task[] =>
  tasks.filter((task) => listing.try(task, () => task.metadata) !== undefined);
