import { availableParallelism } from 'node:os';
import type { ImportMessage, LoadMessage } from '../task/worker-protocol.ts';
import { takeWorker } from './early-worker.ts';
import { forkWorker } from './fork-worker.ts';
import type { WorkerStartError } from './start-error.ts';
import { workerGuard } from './worker-guard.ts';
import { WorkerProcess } from './worker-process.ts';

/** How long ready work waits for a busy worker before one more is started, in milliseconds. */
const PATIENCE = 15;
/** The same when there is a worker for every core: by then it shows how long tasks take. */
const PATIENCE_BEYOND = 40;

const NO_FAILURES = { count: 0, until: 0 };
/** When no worker can be started, the pause before the next try, which doubles, in milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2000;
/** How often it is tried again while there is no other worker. */
const TRIES = 5;

/** A task that a worker is wanted for. */
export interface Wanted {
  readonly step: string;
  /** How many tasks of the step may share a process. */
  readonly places: number;
  /** Tasks are so short that a worker may have a few orders ahead. */
  readonly isAhead: boolean;
}

/** How many orders a worker may have when tasks are short; it gets new ones when half of them are done. */
const ORDERS_AHEAD = 8;

/**
 * Worker processes, started as work turns up. Starting one costs more than a short task, so a new one is started only when
 * work has waited a little.
 */
export class WorkerPool {
  readonly #limit: number;
  readonly #workers = new Set<WorkerProcess>();
  /** Those that have loaded the flow. */
  readonly #ready = new Set<WorkerProcess>();
  #starting = 0;
  #message: LoadMessage | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** How often in a row no worker could be started, and when the next is tried. */
  #failures = NO_FAILURES;
  /** Called when a worker has become ready for its first task. */
  onFree: () => void = () => {};
  /** Called when a worker cannot load the flow. */
  onBroken: (error: unknown) => void = () => {};

  /** Called when a debugger can come to a worker. */
  onInspecting: (url: string) => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
    // The first one boots while the flow is still being compiled.
    const early = takeWorker();
    if (early) this.#workers.add(early);
    else this.#fork();
  }

  /** Number of worker processes that live. */
  get size(): number {
    return this.#workers.size;
  }

  /** Lets the workers that are there import the flow already. */
  prepare(message: ImportMessage): void {
    for (const worker of this.#workers) worker.prepare(message);
  }

  /**
   * Lets the workers load the flow: those that are there and those to come. A flow that will run tasks side by side gets a
   * second worker at once, which boots while the first runs `start`.
   */
  load(message: LoadMessage, parallel: boolean): void {
    this.#message = message;
    workerGuard.start();
    if ((parallel && this.#limit > 1) || this.#workers.size === 0) this.#fork();
    for (const worker of this.#workers) void this.#boot(worker);
  }

  /**
   * A worker that is free now, or, with `isAhead`, one that has fewer than a few orders; undefined when there is none. Of a step that shares its
   * processes, one is filled before another is begun: the others stay free for other steps. `except` is left alone.
   */
  take({ step, places, isAhead }: Wanted, except?: WorkerProcess): WorkerProcess | undefined {
    let best: WorkerProcess | undefined;
    for (const worker of this.#ready) {
      const ahead = isAhead ? (worker.filling ? ORDERS_AHEAD : ORDERS_AHEAD / 2) : 1;
      if (worker === except || !worker.hasRoom({ step, places, ahead })) continue;
      const isBetter = !best || (places > 1 ? worker.load > best.load : worker.load < best.load);
      if (isBetter) best = worker;
    }
    return best;
  }

  /** Where all processes there may be are shared by tasks: the one that has the fewest of them, and would be free first. */
  get nextFree(): WorkerProcess | undefined {
    if (this.#workers.size < this.#limit) return undefined;
    const workers = [...this.#ready];
    if (workers.some(({ load, sharedBy }) => load > 0 && sharedBy === undefined)) return undefined;
    return workers.sort((a, b) => a.load - b.load)[0];
  }

  /** The steps that share processes now. */
  get sharing(): Set<string> {
    return new Set([...this.#ready].flatMap(({ sharedBy }) => sharedBy ?? []));
  }

  /** Gives up the orders that no worker has begun. */
  drop(): void {
    for (const worker of this.#ready) worker.drop();
  }

  /** Ends all workers that have orders at once: the tasks they run return as dead. */
  kill(): void {
    for (const worker of this.#ready) if (worker.load > 0) worker.kill();
  }

  /** Drops a worker that has died; the next `want` replaces it. */
  discard(worker: WorkerProcess): void {
    this.#workers.delete(worker);
    this.#ready.delete(worker);
  }

  /**
   * Says that tasks for `tasks` workers are ready and no worker is free. `isShort` tells, when it comes to starting workers, whether tasks have been so short
   * that they mostly cost overhead.
   */
  want(tasks: number, isShort: () => boolean): void {
    if (this.#timer || this.#closed || this.#message === undefined) return;
    const { size } = this.#workers;
    const cores = availableParallelism();
    const patience = size === 0 ? 0 : size < cores ? PATIENCE : PATIENCE_BEYOND;
    const wait = Math.max(patience, this.#failures.until - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // More processes than cores only help tasks that wait for something.
      const limit = isShort() ? Math.min(this.#limit, cores) : this.#limit;
      const more = Math.min(tasks - this.#starting, limit - this.#workers.size);
      for (let i = 0; i < more; i += 1) void this.#start();
    }, wait);
  }

  /** Ends all workers, without waiting for them. One that runs a task still, or has not loaded the flow, is killed. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const worker of this.#workers) worker.end({ force: !this.#ready.has(worker) || worker.load > 0 });
    this.#workers.clear();
  }

  async #start(): Promise<void> {
    const worker = this.#fork();
    if (worker) await this.#boot(worker);
  }

  /** No worker is started for a while. */
  #rest(): { readonly count: number; readonly pause: number } {
    const count = this.#failures.count + 1;
    const pause = Math.min(FIRST_PAUSE * 2 ** (count - 1), LONGEST_PAUSE);
    this.#failures = { count, until: performance.now() + pause };
    return { count, pause };
  }

  #fork(): WorkerProcess | undefined {
    const child = forkWorker();
    if (child instanceof Promise) {
      void child.then((error) => this.#notStarted(error));
      return undefined;
    }
    const worker = new WorkerProcess(child);
    this.#workers.add(worker);
    return worker;
  }

  /** Fewer workers do as well, and the next one is tried later. Without any the run fails when that does not help. */
  #notStarted(error: WorkerStartError): void {
    if (this.#closed) return;
    const { count, pause } = this.#rest();
    if (this.#workers.size > 0 || this.#message === undefined) return;
    if (!error.mayPass || count > TRIES) this.onBroken(error);
    else
      setTimeout(() => {
        if (!this.#closed && this.#workers.size === 0) void this.#start();
      }, pause);
  }

  async #boot(worker: WorkerProcess): Promise<void> {
    if (!this.#message) return;
    this.#starting += 1;
    worker.onInspecting = (url) => this.onInspecting(url);
    try {
      await worker.ready(this.#message);
      this.#ready.add(worker);
      this.#failures = NO_FAILURES;
    } catch (error) {
      this.discard(worker);
      // One that dies while it boots, as for want of threads, is missed by nobody while others work.
      if (worker.dead && this.#ready.size > 0) this.#rest();
      else if (!this.#closed) this.onBroken(error);
    } finally {
      this.#starting -= 1;
    }
    if (!this.#closed) this.onFree();
  }
}
