import { WorkerProcess } from './worker-process.ts';

let early: WorkerProcess | undefined;

/**
 * Starts a worker process before anything else is loaded: it boots while this process finds out what to run. The next pool
 * takes it; when none does, {@link dropWorker} ends it.
 */
export function startWorker(): void {
  early ??= new WorkerProcess();
}

/** The worker started early, once; or a new one. */
export function takeWorker(): WorkerProcess {
  const worker = early ?? new WorkerProcess();
  early = undefined;
  return worker;
}

/** Ends the worker started early when no pool took it: nothing was run, and it would keep this process alive. */
export function dropWorker(): void {
  early?.end({ force: true });
  early = undefined;
}
