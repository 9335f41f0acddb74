import type { Run, Status, Step, Task } from '#client';
import type { Listing } from './listing-of.ts';

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
  const tasks = readableTasks(all, listing);
  const retrying = tasks.filter((task) => mayGoOn && task.metadata.retryAt !== undefined).length;
  const failed = tasks.filter((task) => !task.successful).length - retrying;
  const status = failed > 0 ? 'failed' : mayGoOn ? 'running' : 'successful';
  return { name, status, tasks: all.length, failed, milliseconds: spanOf(tasks) };
}

/** From the earliest start to the latest end, in milliseconds; undefined without tasks. */
function spanOf(tasks: readonly Task[]): number | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { createdAt, finishedAt } of tasks) {
    first = Math.min(first, createdAt.getTime());
    last = Math.max(last, finishedAt?.getTime() ?? Date.now());
  }
  return tasks.length === 0 ? undefined : last - first;
}

/** The tasks whose records can be read. */
export const readableTasks = (tasks: readonly Task[], listing: Listing): Task[] =>
  tasks.filter((task) => listing.try(task, () => task.metadata) !== undefined);
