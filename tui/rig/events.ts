import type { RunEvent } from '#core';
import { progressAfter, progressBefore, type RunProgress, type ShownStep } from '../live/state.ts';

/** When the runs of tests begin: 22 November 2026, 10:47:55.006 in local time. */
export const BEGIN = new Date(2026, 10, 22, 10, 47, 55, 6).getTime();
/** The id of the runs of tests. */
export const RUN_ID = '20261122-104755-006k7';

/** The graph of the design's example. */
export const FOREACH: readonly ShownStep[] = [
  { name: 'start', kind: 'foreach', next: ['a'], join: false },
  { name: 'a', kind: 'linear', next: ['join'], join: false },
  { name: 'join', kind: 'linear', next: ['end'], join: true },
  { name: 'end', kind: 'end', next: [], join: false },
];

/** The run's beginning. */
export const begun: RunEvent = {
  type: 'run-started',
  time: BEGIN,
  flow: 'ForeachFlow',
  runId: RUN_ID,
  store: '/data/.flow',
};

const named = (step: string, task: string, attempt = 0) => ({ step, task, attempt });

/** A task starts; `ms` after the run began. */
export const started = (step: string, task: string, ms = 0): RunEvent => ({
  type: 'task-started',
  time: BEGIN + ms,
  task: named(step, task),
  pid: 42,
});

/** A task that started with the run has ended well. */
export const finished = (step: string, task: string, ms = 0): RunEvent => ({
  type: 'task-finished',
  time: BEGIN + ms,
  task: named(step, task),
  pid: 42,
  milliseconds: ms,
});

type TaskFailed = Extract<RunEvent, { type: 'task-failed' }>;

/** A task has failed. */
export const failed = (step: string, task: string, exception: TaskFailed['exception']): TaskFailed => ({
  type: 'task-failed',
  time: BEGIN,
  task: named(step, task),
  pid: 42,
  exception,
  isStopped: false,
});

/** A task was ended because the run was stopping. */
export const killed = (step: string, task: string): TaskFailed => ({
  ...failed(step, task, { name: 'WorkerDiedError', code: 'WorkerDiedError', message: 'x' }),
  isStopped: true,
});

/** An attempt has failed, and another follows after a while. */
export const retrying = (step: string, task: string, delayMilliseconds: number): RunEvent => ({
  type: 'task-retrying',
  time: BEGIN,
  task: named(step, task),
  pid: 42,
  exception: { name: 'TypeError', message: 'x is bad\nvery bad' },
  retry: 1,
  retries: 3,
  delayMilliseconds,
});

/** A task has written. */
export const wrote = (step: string, task: string, text: string): RunEvent => ({
  type: 'task-output',
  time: BEGIN,
  task: named(step, task),
  pid: 42,
  stream: 'stdout',
  text,
});

/** A foreach has split. */
export const yields = (
  step: string,
  task: string,
  { next, splits }: { readonly next: string; readonly splits: number },
): RunEvent => ({ type: 'foreach-split', time: BEGIN, task: named(step, task), next, splits });

/** No more tasks start. */
export const stopping = (reason: 'failed' | 'interrupted', active: number): RunEvent => ({
  type: 'run-stopping',
  time: BEGIN,
  reason,
  active,
  graceSeconds: 5,
});

/** The run has ended. */
export const over = (
  status: 'successful' | 'failed' | 'interrupted',
  ms = 1500,
  bytes: Partial<Extract<RunEvent, { type: 'run-finished' }>['record']['totals']> = {},
): RunEvent => ({
  type: 'run-finished',
  time: BEGIN + ms,
  record: {
    schema: 1,
    flow: 'ForeachFlow',
    id: RUN_ID,
    status,
    createdAt: new Date(BEGIN).toISOString(),
    finishedAt: new Date(BEGIN + ms).toISOString(),
    user: 'alice',
    process: { pid: 1, host: 'here' },
    versions: { oxbow: '0', node: '20' },
    tags: [],
    systemTags: [],
    code: { entry: 'flow.ts', class: 'ForeachFlow' },
    parameters: [],
    totals: { tasks: 0, failed: 0, ...bytes },
  },
});

/** A run of a graph after its beginning and then some events. */
export function after(steps: readonly ShownStep[], events: readonly RunEvent[]): RunProgress {
  return [begun, ...events].reduce(progressAfter, progressBefore('ForeachFlow', steps));
}
