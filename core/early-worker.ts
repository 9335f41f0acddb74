import { WorkerProcess } from './worker-process.ts';

let early: WorkerProcess | undefined;

/**
 * Starts a worker process before anything else is loaded: it boots while this process finds out what to run. The next pool
 * takes it. A worker that no pool takes ends with this process.
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
