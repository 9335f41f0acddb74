import { availableParallelism } from 'node:os';
import { WorkerProcess } from './worker-process.ts';
import type { LoadMessage } from './worker-protocol.ts';

/** How long ready work waits for a busy worker before one more is started, in milliseconds. */
const PATIENCE = 15;

/**
 * Worker processes, started as work turns up. A worker is handed out by `take` and comes back by `give`; starting one costs
 * more than a short task, so a new one is started only when work has waited a little.
 */
export class WorkerPool {
  readonly #limit: number;
  readonly #workers = new Set<WorkerProcess>();
  readonly #idle: WorkerProcess[] = [];
  #starting = 0;
  #message: LoadMessage | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** Called when a worker may have become free. */
  onFree: () => void = () => {};
  /** Called when a worker cannot load the flow. */
  onBroken: (error: unknown) => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
    // The first one boots while the flow is still being compiled.
    this.#workers.add(new WorkerProcess());
  }

  /** Number of worker processes that live. */
  get size(): number {
    return this.#workers.size;
  }

  /** Lets the workers load the flow: those that are there and those to come. */
  load(message: LoadMessage): void {
    this.#message = message;
    for (const worker of this.#workers) void this.#ready(worker);
  }

  /** A worker that is free now, or undefined. */
  take(): WorkerProcess | undefined {
    return this.#idle.pop();
  }

  /** Brings a worker back. A dead one is dropped; the next `want` replaces it. */
  give(worker: WorkerProcess): void {
    if (worker.dead) this.#workers.delete(worker);
    else this.#idle.push(worker);
  }

  /** Says that `tasks` tasks are ready and no worker is free, and whether tasks have been so short that they mostly cost overhead. */
  want(tasks: number, short: boolean): void {
    if (this.#timer || this.#closed || this.#message === undefined) return;
    const wait = this.#workers.size === 0 ? 0 : PATIENCE;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // More processes than cores only help tasks that wait for something.
      const limit = short ? Math.min(this.#limit, availableParallelism()) : this.#limit;
      const more = Math.min(tasks - this.#starting - this.#idle.length, limit - this.#workers.size);
      for (let i = 0; i < more; i += 1) void this.#start();
    }, wait);
  }

  /** Ends all workers, without waiting for them. One that runs a task still, or has not loaded the flow, is killed. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const worker of this.#workers) worker.end({ force: !this.#idle.includes(worker) });
    this.#workers.clear();
  }

  async #start(): Promise<void> {
    const worker = new WorkerProcess();
    this.#workers.add(worker);
    await this.#ready(worker);
  }

  async #ready(worker: WorkerProcess): Promise<void> {
    if (!this.#message) return;
    this.#starting += 1;
    try {
      await worker.load(this.#message);
      this.#idle.push(worker);
    } catch (error) {
      this.#workers.delete(worker);
      if (!this.#closed) this.onBroken(error);
    } finally {
      this.#starting -= 1;
    }
    if (!this.#closed) this.onFree();
  }
}
