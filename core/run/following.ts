import type { TransitionRecord } from '#store';
import { timeStamp } from '#store';
import { TooManySplitsError } from '../errors.ts';
import type { RunEvent, TaskName } from '../events.ts';
import type { Plan, PlannedTask } from '../graph/plan.ts';
import type { ReadyQueue } from './ready-queue.ts';

/** What {@link followUp} acts on. */
export interface FollowOptions {
  readonly plan: Plan;
  readonly ready: ReadyQueue;
  /** Widest foreach allowed. */
  readonly maxNumSplits: number;
  readonly emit: (event: RunEvent) => void;
}

/** A task has finished: what it leads to becomes ready. Throws TooManySplitsError when that is too much. */
export function followUp(
  planned: PlannedTask,
  { name, transition }: { readonly name: TaskName; readonly transition: TransitionRecord },
  { plan, ready, maxNumSplits, emit }: FollowOptions,
): void {
  const { steps, foreach } = transition;
  if (!foreach) {
    ready.addFirst([...plan.after(planned, { steps })]);
    return;
  }
  const { numSplits } = foreach;
  emit({ type: 'foreach-split', time: timeStamp(), task: name, next: steps[0] ?? '', splits: numSplits });
  if (numSplits > maxNumSplits)
    throw new TooManySplitsError(planned.step, { splits: numSplits, allowed: maxNumSplits });
  const after = plan.after(planned, { steps, numSplits });
  // What follows an empty list is the join.
  if (numSplits > 0) ready.addLast(after, numSplits, steps[0]);
  else ready.addLast(after, 1);
}
