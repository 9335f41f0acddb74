import type { ChildProcess } from 'node:child_process';
import { WorkerProcess } from './worker-process.ts';

let early: WorkerProcess | undefined;

/**
 * Takes over a worker process that was forked before this layer was loaded, as WorkerProcess itself forks one. The next pool
 * uses it; when none does, {@link dropWorker} ends it.
 */
export function adoptWorker(child: ChildProcess): void {
  dropWorker();
  early = new WorkerProcess(child);
}

/** The worker adopted before, once. */
export function takeWorker(): WorkerProcess | undefined {
  const worker = early;
  early = undefined;
  return worker;
}

/** Ends the adopted worker when no pool took it: nothing was run, and it would keep this process alive. */
export function dropWorker(): void {
  early?.end({ force: true });
  early = undefined;
}
