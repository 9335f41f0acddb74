import { type ExceptionRecord, OxbowError, type RunRecord, type RunStatus, type RunWriter } from '#store';
import { TooManySplitsError, TransitionError } from './errors.ts';
import type { RunEvent, TaskName } from './events.ts';
import { exceptionOf } from './exceptions.ts';
import type { Graph } from './graph.ts';
import { Orders } from './orders.ts';
import { Plan, type PlannedTask } from './plan.ts';
import { ReadyQueue } from './ready-queue.ts';
import { taskRecord } from './task-record.ts';
import type { WorkerPool } from './worker-pool.ts';
import type { TaskReturn, WorkerProcess } from './worker-process.ts';
import type { ResultTransition, TaskResult } from './worker-protocol.ts';

/** How often finished tasks are made durable while more run, in milliseconds. */
const CHECKPOINT_INTERVAL = 150;
/** How long running tasks may go on after another has failed, in seconds. */
const GRACE_SECONDS = 5;

/** Tasks that take less than this on average, in milliseconds, cost mostly overhead. */
const SHORT_TASK = 1;

/** What a scheduler acts on. */
export interface SchedulerOptions {
  readonly graph: Graph;
  readonly writer: RunWriter;
  readonly pool: WorkerPool;
  /** Widest foreach allowed. */
  readonly maxNumSplits: number;
  readonly emit: (event: RunEvent) => void;
}

interface Running {
  readonly planned: PlannedTask;
  readonly name: TaskName;
  readonly pid: number;
  startedAt: number;
}

/** Runs the tasks of one run: hands ready ones to workers, records what they return, makes it durable in groups. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #plan: Plan;
  readonly #ready = new ReadyQueue();
  readonly #running = new Set<Running>();
  readonly #orders: Orders;
  /** Recorded, but not durable yet: told after the next checkpoint. */
  #untold: RunEvent[] = [];
  /** Moving average of how long steps took; a step not seen yet counts as long. */
  #meanMilliseconds = SHORT_TASK;
  #timer: NodeJS.Timeout | undefined;
  #stopping: 'failed' | 'interrupted' | undefined;
  #failure: RunRecord['failure'];
  #graceTimer: NodeJS.Timeout | undefined;
  #finish: () => void = () => {};
  #abort: (error: unknown) => void = () => {};
  /** What the scheduler relies on has failed: workers may still return something, but nothing is recorded any more. */
  #isBroken = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#plan = new Plan(options.graph);
    this.#orders = new Orders(options.writer);
  }

  /** Runs everything; resolves with the run's record as its last checkpoint holds it. Rejects when the store fails. */
  async run(): Promise<RunRecord> {
    const { pool, writer, emit } = this.#options;
    const ended = new Promise<void>((resolve, reject) => {
      this.#finish = resolve;
      this.#abort = (error) => {
        this.#isBroken = true;
        reject(error);
      };
    });
    pool.onFree = () => this.#guard(() => this.#dispatch());
    pool.onBroken = (error) => this.#guard(() => this.#cannotLoad(error));
    this.#ready.addFirst([this.#plan.begin()]);
    this.#guard(() => this.#dispatch());
    try {
      await ended;
    } finally {
      clearTimeout(this.#timer);
      clearTimeout(this.#graceTimer);
      pool.close();
    }
    const status: RunStatus = this.#stopping ?? 'successful';
    const failure = this.#failure ? { failure: this.#failure } : {};
    writer.finish({ status, finishedAt: new Date().toISOString(), ...failure });
    this.#tell();
    emit({ type: 'run-finished', time: Date.now(), record: writer.record });
    return writer.record;
  }

  /** Starts no more tasks; those that run may finish within the grace time. */
  interrupt(): void {
    this.#guard(() => this.#stop('interrupted'));
  }

  /** Ends the tasks that run at once; each is recorded as killed. */
  kill(): void {
    this.interrupt();
    this.#options.pool.kill();
  }

  /** Whatever goes wrong in the scheduler itself ends the run instead of vanishing in a callback. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#abort(error);
    }
  }

  #dispatch(): void {
    const { pool } = this.#options;
    const short = this.#meanMilliseconds < SHORT_TASK;
    while (!this.#stopping && this.#ready.size > 0) {
      // With few tasks left, each goes to a worker of its own.
      const worker = pool.take(short && this.#ready.size > pool.size * 4);
      if (!worker) {
        pool.want(this.#ready.size, short);
        return;
      }
      const planned = this.#ready.take();
      if (planned) void this.#start(planned, worker);
    }
    if (this.#running.size === 0 && (this.#stopping || this.#ready.size === 0)) this.#finish();
  }

  async #start(planned: PlannedTask, worker: WorkerProcess): Promise<void> {
    const { emit, pool } = this.#options;
    const name: TaskName = { step: planned.step, task: planned.task, attempt: 0 };
    const { pid } = worker;
    const running: Running = { planned, name, pid, startedAt: Date.now() };
    this.#running.add(running);
    try {
      const returned = await worker.run(this.#orders.orderFor(planned), {
        onStart: () => {
          running.startedAt = Date.now();
          emit({ type: 'task-started', time: running.startedAt, task: name, pid });
        },
        onText: (stream, text) =>
          emit({ type: 'task-output', time: Date.now(), task: name, pid, stream, text }),
      });
      this.#running.delete(running);
      if (worker.dead) pool.discard(worker);
      if (returned) this.#record(running, returned);
      else this.#ready.addFirst([planned]);
      this.#dispatch();
    } catch (error) {
      this.#abort(error);
    }
  }

  #record(running: Running, returned: TaskReturn): void {
    const { planned, name, pid } = running;
    const { writer } = this.#options;
    const { result, death, stdout, stderr } = returned;
    const exception = result?.exception ?? (death ? exceptionOf(death) : this.#judge(planned, result));
    const record = taskRecord(running, returned, exception);
    writer.add({
      record,
      artifacts: result?.artifacts ?? writer.emptyTree(),
      stdout,
      stderr,
      objects: result?.objects ?? [],
      packs: result?.packs ?? [],
    });
    const time = Date.now();
    if (exception) {
      this.#untold.push({ type: 'task-failed', time, task: name, pid, exception });
      this.#fail({ task: `${name.step}/${name.task}`, exception });
    } else if (result) {
      this.#untold.push({
        type: 'task-finished',
        time,
        task: name,
        pid,
        milliseconds: result.finishedAt - result.startedAt,
      });
      this.#orders.finished(name, result);
      this.#meanMilliseconds += (result.finishedAt - result.startedAt - this.#meanMilliseconds) / 8;
      this.#follow(planned, result.transition);
    }
    this.#timer ??= setTimeout(() => this.#guard(() => this.#checkpoint()), CHECKPOINT_INTERVAL);
  }

  /** Checks a transition against the graph, which the plan relies on. */
  #judge(planned: PlannedTask, result: TaskResult | undefined): ExceptionRecord | undefined {
    const known = this.#options.graph.steps.get(planned.step)?.next ?? [];
    const chosen = result?.transition?.steps ?? [];
    if (chosen.every((step) => known.includes(step))) return undefined;
    const message = `The step "${planned.step}" went to ${chosen.join(', ')}, but its source says ${known.join(', ')}.`;
    return exceptionOf(new TransitionError(planned.step, message));
  }

  #follow(planned: PlannedTask, transition: ResultTransition | undefined): void {
    if (!transition) return;
    const { steps, foreach } = transition;
    const name: TaskName = { step: planned.step, task: planned.task, attempt: 0 };
    if (!foreach) {
      this.#ready.addFirst([...this.#plan.after(planned, { steps })]);
      return;
    }
    const { numSplits } = foreach;
    const { maxNumSplits, emit } = this.#options;
    emit({ type: 'foreach-split', time: Date.now(), task: name, next: steps[0] ?? '', splits: numSplits });
    if (numSplits > maxNumSplits) {
      const error = new TooManySplitsError(planned.step, { splits: numSplits, allowed: maxNumSplits });
      this.#fail({ task: `${planned.step}/${planned.task}`, exception: exceptionOf(error) });
      return;
    }
    this.#ready.addLast(this.#plan.after(planned, { steps, numSplits }), Math.max(1, numSplits));
  }

  #fail(failure: NonNullable<RunRecord['failure']>): void {
    // What still fails after an interrupt was interrupted itself.
    if (this.#stopping !== 'interrupted') this.#failure ??= failure;
    this.#stop('failed');
  }

  #cannotLoad(error: unknown): void {
    // One worker that cannot load a flow means that none can.
    if (!(error instanceof OxbowError)) throw error;
    this.#fail({ exception: exceptionOf(error) });
    this.#dispatch();
  }

  #stop(reason: 'failed' | 'interrupted'): void {
    if (this.#stopping) return;
    this.#stopping = reason;
    this.#options.pool.drop();
    const active = this.#running.size;
    const { emit } = this.#options;
    emit({ type: 'run-stopping', time: Date.now(), reason, active, graceSeconds: GRACE_SECONDS });
    if (active > 0) this.#graceTimer = setTimeout(() => this.kill(), GRACE_SECONDS * 1000);
    this.#dispatch();
  }

  #checkpoint(): void {
    this.#timer = undefined;
    if (this.#isBroken || !this.#options.writer.dirty) return;
    this.#options.writer.checkpoint();
    this.#orders.packed();
    this.#tell();
  }

  #tell(): void {
    const events = this.#untold;
    this.#untold = [];
    // A task counts as finished from now on: its time is that of the checkpoint.
    const time = Date.now();
    for (const event of events) this.#options.emit({ ...event, time });
  }
}
