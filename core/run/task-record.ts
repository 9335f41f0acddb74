import type { RunningTaskRecord, TaskRecord, WhyRecord } from '#store';
import type { TaskName } from '../events.ts';
import { framesOf, type PlannedTask } from '../graph/plan.ts';
import type { TaskReturn } from '../worker/task-listener.ts';
import type { StoredOutput } from '../worker/task-log.ts';
import type { Outcome } from './outcome.ts';

/** An attempt as the scheduler knows it. */
export interface Attempted {
  readonly planned: PlannedTask;
  readonly name: TaskName;
  readonly pid: number;
  /** When it was handed to a worker, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Why it was executed, in a run that could have taken it over from an earlier one. */
  readonly why?: WhyRecord;
  /** Its process died, and what came back is from another, which was told of it. */
  readonly isFallback: boolean;
}

/** What became of an attempt, and what follows. */
interface Verdict extends Outcome {
  /** The retry that follows. */
  readonly retry?: { readonly due: number } | undefined;
}

/** The record of an attempt that has ended: with an exception when it failed, `killed` when its process gave no result. */
export function taskRecord(
  { planned, name, pid, why, startedAt: ordered, isFallback }: Attempted,
  { result, finishedAt, arrivals, leftOut }: TaskReturn & Pick<StoredOutput, 'arrivals' | 'leftOut'>,
  { exception, isCaught, retry }: Verdict,
): TaskRecord {
  // What a worker says is a span: only the clock of this process stamps.
  const startedAt = isFallback || !result ? ordered : Math.min(ordered, finishedAt - result.milliseconds);
  const output = arrivals.map(
    ([time, stream, bytes]) => [Math.max(0, time - startedAt), stream, bytes] as const,
  );
  return {
    ...name,
    status: exception && !isCaught ? (result && !isFallback ? 'failed' : 'killed') : 'successful',
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
    pid,
    parents: planned.inputs.map(({ step, task }) => `${step}/${task}`),
    frames: framesOf(planned),
    ...(planned.iteration === undefined ? {} : { iteration: planned.iteration }),
    ...(result?.transition ? { transition: result.transition } : {}),
    ...(result?.code ? { code: result.code, sharedCode: result.sharedCode } : {}),
    reads: result?.reads ?? {},
    ...(result?.assigned ? { assigned: result.assigned } : {}),
    ...(result && Object.keys(result.uses).length > 0 ? { uses: result.uses } : {}),
    ...(why ? { why } : {}),
    ...(exception ? { exception } : {}),
    ...(retry ? { retryAt: new Date(retry.due).toISOString() } : {}),
    ...(output.length > 0 ? { output } : {}),
    ...(leftOut.stdout || leftOut.stderr ? { leftOut } : {}),
  };
}

/** What is recorded of an attempt while it runs. */
export function runningRecord(
  { planned, name, pid, startedAt }: Attempted,
  maxLogSize: number | undefined,
): RunningTaskRecord {
  return {
    ...name,
    status: 'running',
    startedAt: new Date(startedAt).toISOString(),
    pid,
    parents: planned.inputs.map(({ step, task }) => `${step}/${task}`),
    frames: framesOf(planned),
    ...(maxLogSize === undefined ? {} : { maxLogSize }),
  };
}
