import { OxbowError, type RunRecord, type RunStatus } from '#store';
import { Attempts, type FailedAttempt } from './attempts.ts';
import { Checkpoints } from './checkpoints.ts';
import { TooManySplitsError } from './errors.ts';
import type { TaskName } from './events.ts';
import { exceptionOf } from './exceptions.ts';
import { strayTransition } from './graph.ts';
import { Orders } from './orders.ts';
import { Plan, type PlannedTask } from './plan.ts';
import { ReadyQueue } from './ready-queue.ts';
import { type RecordedOutput, RunningLogs } from './running-logs.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import { taskRecord } from './task-record.ts';
import type { TaskReturn, WorkerProcess } from './worker-process.ts';
import type { ResultTransition, TaskResult } from './worker-protocol.ts';

/** How long running tasks may go on after another has failed, in seconds. */
const GRACE_SECONDS = 5;

/** Tasks that take less than this on average, in milliseconds, cost mostly overhead. */
const SHORT_TASK = 1;

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
  readonly #attempts: Attempts;
  readonly #checkpoints: Checkpoints;
  readonly #logs: RunningLogs;
  /** Moving average of how long steps took; a step not seen yet counts as long. */
  #meanMilliseconds = SHORT_TASK;
  #stopping: 'failed' | 'interrupted' | undefined;
  #failure: RunRecord['failure'];
  #graceTimer: NodeJS.Timeout | undefined;
  #finish: () => void = () => {};
  #abort: (error: unknown) => void = () => {};

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#plan = new Plan(options.graph);
    this.#orders = new Orders(options.writer);
    this.#attempts = new Attempts(options.graph, (tasks) => {
      this.#ready.addFirst(tasks);
      this.#guard(() => this.#dispatch());
    });
    this.#checkpoints = new Checkpoints({
      ...options,
      onDurable: () => {
        this.#orders.packed();
        this.#attempts.durable();
      },
      onError: (error) => this.#abort(error),
    });
    this.#logs = new RunningLogs(options);
  }

  /** Runs everything; resolves with the run's record as its last checkpoint holds it. Rejects when the store fails. */
  async run(): Promise<RunRecord> {
    const { pool, writer, emit } = this.#options;
    const ended = new Promise<void>((resolve, reject) => {
      this.#finish = resolve;
      this.#abort = (error) => {
        // Workers may still return something, but nothing is recorded any more.
        this.#checkpoints.stop();
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
      this.#checkpoints.stop();
      clearTimeout(this.#graceTimer);
      this.#logs.close();
      pool.close();
    }
    const status: RunStatus = this.#stopping ?? 'successful';
    const failure = this.#failure ? { failure: this.#failure } : {};
    writer.finish({ status, finishedAt: new Date().toISOString(), ...failure });
    this.#checkpoints.tell();
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
    const waiting = this.#stopping ? 0 : this.#ready.size + this.#attempts.waiting;
    if (this.#running.size + waiting === 0) this.#finish();
  }

  async #start(planned: PlannedTask, worker: WorkerProcess): Promise<void> {
    const { emit, pool } = this.#options;
    const attempt = this.#attempts.orderFor(planned);
    const name: TaskName = { step: planned.step, task: planned.task, attempt: attempt.attempt };
    const { pid } = worker;
    const running: Running = { planned, name, pid, startedAt: Date.now() };
    this.#running.add(running);
    const output = this.#logs.open(running);
    try {
      const returned = await worker.run(this.#orders.orderFor(planned, attempt), {
        ...output,
        onStart: () => {
          running.startedAt = Date.now();
          this.#logs.begin(output.log);
          emit({ type: 'task-started', time: running.startedAt, task: name, pid });
        },
      });
      if (worker.dead) pool.discard(worker);
      const recorded = await this.#logs.end(output.log);
      this.#running.delete(running);
      if (returned) this.#record(running, { ...returned, ...recorded });
      else this.#ready.addFirst([planned]);
      this.#dispatch();
    } catch (error) {
      this.#abort(error);
    }
  }

  #record(running: Running, returned: TaskReturn & RecordedOutput): void {
    const { planned, name, pid } = running;
    const { writer, graph } = this.#options;
    const { result, death, stdout, stderr, live } = returned;
    const exception =
      result?.exception ??
      (death ? exceptionOf(death) : strayTransition(graph, planned.step, result?.transition));
    const failed = exception && { planned, name, pid, exception };
    const retry = failed && !this.#stopping ? this.#attempts.after(failed) : undefined;
    const record = taskRecord(running, returned, { exception, retry });
    const { artifacts = writer.emptyTree(), objects = [], packs = [], logical = 0 } = result ?? {};
    writer.add({ record, artifacts, stdout, stderr, objects, packs, logical, live });
    const time = Date.now();
    if (failed && retry) {
      const { number, of: retries, delay: delayMilliseconds } = retry;
      const next = { retry: number, retries, delayMilliseconds };
      this.#checkpoints.tellAfter({ type: 'task-retrying', time, task: name, pid, exception, ...next });
    } else if (failed) {
      this.#fail(failed);
    } else if (result) this.#succeed(running, result);
    this.#checkpoints.soon();
  }

  #succeed({ planned, name, pid }: Running, result: TaskResult): void {
    const milliseconds = result.finishedAt - result.startedAt;
    this.#checkpoints.tellAfter({ type: 'task-finished', time: Date.now(), task: name, pid, milliseconds });
    this.#orders.finished(name, result);
    this.#meanMilliseconds += (milliseconds - this.#meanMilliseconds) / 8;
    this.#follow(planned, name, result.transition);
  }

  #follow(planned: PlannedTask, name: TaskName, transition: ResultTransition | undefined): void {
    if (!transition) return;
    const { steps, foreach } = transition;
    if (!foreach) {
      this.#ready.addFirst([...this.#plan.after(planned, { steps })]);
      return;
    }
    const { numSplits } = foreach;
    const { maxNumSplits, emit } = this.#options;
    emit({ type: 'foreach-split', time: Date.now(), task: name, next: steps[0] ?? '', splits: numSplits });
    if (numSplits > maxNumSplits) {
      const error = new TooManySplitsError(planned.step, { splits: numSplits, allowed: maxNumSplits });
      this.#stopFor({ task: `${planned.step}/${planned.task}`, exception: exceptionOf(error) });
      return;
    }
    this.#ready.addLast(this.#plan.after(planned, { steps, numSplits }), Math.max(1, numSplits));
  }

  #fail({ name, pid, exception }: FailedAttempt): void {
    this.#checkpoints.tellAfter({ type: 'task-failed', time: Date.now(), task: name, pid, exception });
    this.#stopFor({ task: `${name.step}/${name.task}`, exception });
  }

  #stopFor(failure: NonNullable<RunRecord['failure']>): void {
    // What still fails after an interrupt was interrupted itself.
    if (this.#stopping !== 'interrupted') this.#failure ??= failure;
    this.#stop('failed');
  }

  #cannotLoad(error: unknown): void {
    // One worker that cannot load a flow means that none can.
    if (!(error instanceof OxbowError)) throw error;
    this.#stopFor({ exception: exceptionOf(error) });
    this.#dispatch();
  }

  #stop(reason: 'failed' | 'interrupted'): void {
    if (this.#stopping) return;
    this.#stopping = reason;
    this.#options.pool.drop();
    for (const failed of this.#attempts.giveUp()) this.#fail(failed);
    const active = this.#running.size;
    const { emit } = this.#options;
    emit({ type: 'run-stopping', time: Date.now(), reason, active, graceSeconds: GRACE_SECONDS });
    if (active > 0) this.#graceTimer = setTimeout(() => this.kill(), GRACE_SECONDS * 1000);
    this.#dispatch();
  }
}
