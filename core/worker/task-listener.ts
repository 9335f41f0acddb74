import type { ExceptionRecord, LogStream } from '#store';
import type { TaskResult } from '../task/worker-protocol.ts';
import type { TaskLog } from './task-log.ts';

/** Told how a task goes on while it runs. */
export interface TaskListener {
  /** The worker turns to the task: the orders before it are done. */
  onStart(): void;
  /** Whole lines of output, or with `goesOn` a piece of a very long one. When it gives a promise, the output is read on only after that has resolved. */
  onText(stream: LogStream, text: string, goesOn: boolean): void | Promise<void>;
  /** The end of a line that is not whole yet. */
  onOpenLine(stream: LogStream, text: string): void | Promise<void>;
  /** The step, which has a limit, has returned: what follows is not its doing. */
  onReturned(): void;
  /** The task has ended, or was not begun. */
  onEnd(): void;
  /** Takes all output. */
  readonly log: TaskLog;
}

/** What a worker gives back for a task, whose log then has all output: the result, or how it died. */
export interface TaskReturn {
  readonly result?: TaskResult;
  /** When the result or the end of the process was heard of: a time stamp of this process. */
  readonly finishedAt: number;
  /** Set when the worker ended while it ran the task. */
  readonly death?: ExceptionRecord;
  /** Set when the task died by no doing of its own: the engine ended its process, for the run was stopping, or another task did. */
  readonly isStopped?: boolean;
  /** The task is to be run once more, since others ran beside it: by itself when any of them may have ended the process. */
  readonly again?: 'alone' | 'beside others';
}
