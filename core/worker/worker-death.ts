import { getHeapStatistics } from 'node:v8';
import type { ExceptionRecord } from '#store';
import { exceptionOf } from '../exceptions.ts';
import { OutOfMemoryError, type ProcessEnd, WorkerDiedError } from '../task/process-errors.ts';

/** What is known of the death of a worker process in the middle of a task. */
export interface Death {
  /** The task, as `step/task`. */
  readonly task: string;
  readonly how: ProcessEnd;
  /** The engine ended it because the run had come to its end. */
  readonly isStopped: boolean;
  /** What it said itself, or what the engine ended it for. */
  readonly reason: ExceptionRecord | undefined;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
}

/** Why a task failed whose process died in the middle of it. */
export function causeOfDeath({ task, how, isStopped, reason, stderr }: Death): ExceptionRecord {
  if (reason && !isStopped) return reason;
  if (!isStopped && isOutOfMemory(how, stderr))
    return exceptionOf(new OutOfMemoryError(task, getHeapStatistics().heap_size_limit));
  return exceptionOf(new WorkerDiedError(task, { ...how, isStopped }));
}

/** V8 says so on stderr and aborts; the shell's way to tell of that is 134. */
function isOutOfMemory({ exitCode, signal }: ProcessEnd, stderr: string): boolean {
  const aborts =
    ['SIGABRT', 'SIGTRAP', 'SIGILL'].includes(signal ?? '') || [133, 134].includes(exitCode ?? 0);
  return aborts && /FATAL ERROR: .*(heap|memory|allocation failed)/i.test(stderr);
}
