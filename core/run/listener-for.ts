import { timeStamp } from '#store';
import { TimeoutError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import { exceptionOf } from '../exceptions.ts';
import type { TaskListener } from '../worker/task-listener.ts';
import type { WorkerProcess } from '../worker/worker-process.ts';
import type { RunningLogs } from './running-logs.ts';
import type { Attempted } from './task-record.ts';

/** How much longer than its limit a step may take before its process is killed: one that blocks it, in milliseconds. */
const PATIENCE = 1000;

/** An attempt while it runs. */
export interface ListenedTask extends Attempted {
  startedAt: number;
  /** It has begun before, in a process that another task ended. */
  readonly isAgain: boolean;
}

/** What a listener acts on. */
export interface ListenerOptions {
  readonly worker: WorkerProcess;
  readonly emit: (event: RunEvent) => void | Promise<void>;
  /** Seconds the step may take. */
  readonly limit: number | undefined;
  readonly logs: RunningLogs;
  /** What takes the attempt's output. */
  readonly output: ReturnType<RunningLogs['open']>;
}

/** Tells how an attempt goes on, and ends its process when the step exceeds its limit and the worker cannot end it itself. */
export function listenerFor(task: ListenedTask, options: ListenerOptions): TaskListener {
  const { worker, emit, limit, logs, output } = options;
  const { name, pid, why, isFallback, isAgain } = task;
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => clearTimeout(timer);
  return {
    ...output,
    onStart: () => {
      if (isFallback) return;
      task.startedAt = timeStamp();
      logs.begin(output.log);
      const more = { ...(why ? { why } : {}), ...(isAgain ? { isAgain } : {}) };
      void emit({ type: 'task-started', time: task.startedAt, task: name, pid, ...more });
      if (limit === undefined) return;
      const kill = (): void => worker.kill(exceptionOf(new TimeoutError(name.step, limit)));
      timer = setTimeout(kill, limit * 1000 + PATIENCE);
    },
    onReturned: end,
    onEnd: end,
  };
}
