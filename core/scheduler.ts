import { OxbowError, type RunRecord, type TransitionRecord } from '#store';
import { Attempts, type FailedAttempt } from './attempts.ts';
import { Checkpoints } from './checkpoints.ts';
import { type DueTask, DueTasks } from './due-tasks.ts';
import { Ending } from './ending.ts';
import { TooManySplitsError } from './errors.ts';
import type { TaskName } from './events.ts';
import { exceptionOf } from './exceptions.ts';
import { listenerFor } from './listener-for.ts';
import { Orders } from './orders.ts';
import { outcomeOf } from './outcome.ts';
import { Pace } from './pace.ts';
import { Plan, type PlannedTask } from './plan.ts';
import { ReadyQueue } from './ready-queue.ts';
import { type RecordedOutput, RunningLogs } from './running-logs.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import type { TakenOver } from './takeover/takeover.ts';
import type { TaskReturn } from './task-listener.ts';
import { type Attempted, taskRecord } from './task-record.ts';
import type { WorkerProcess } from './worker-process.ts';
import type { TaskResult } from './worker-protocol.ts';

interface Running extends Attempted {
  startedAt: number;
}

/** Runs the tasks of one run: hands ready ones to workers, records what they return, makes it durable in groups. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #plan: Plan;
  readonly #ready = new ReadyQueue();
  readonly #due: DueTasks;
  readonly #running = new Set<Running>();
  readonly #orders: Orders;
  readonly #attempts: Attempts;
  readonly #checkpoints: Checkpoints;
  readonly #logs: RunningLogs;
  readonly #ending: Ending;
  readonly #pace = new Pace();
  #finish: () => void = () => {};
  #abort: (error: unknown) => void = () => {};

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#plan = new Plan(options.graph);
    this.#orders = new Orders(options.writer, options.only?.inputs);
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
    this.#due = new DueTasks({
      ...options,
      ready: this.#ready,
      artifactsOf: (task) => this.#orders.artifactsOf(task),
      take: (planned, taken) => this.#takeOver(planned, taken),
      goOn: () => this.#guard(() => this.#dispatch()),
    });
    this.#ending = new Ending({
      emit: options.emit,
      active: () => this.#running.size,
      kill: () => options.pool.kill(),
      onStop: () => this.#giveUp(),
    });
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
    this.#ready.addFirst([this.#options.only?.planned ?? this.#plan.begin()]);
    this.#guard(() => this.#dispatch());
    try {
      await ended;
    } finally {
      this.#checkpoints.stop();
      this.#ending.close();
      this.#logs.close();
      pool.close();
    }
    const { reason = this.#due.left > 0 ? 'interrupted' : 'successful', failure } = this.#ending;
    writer.finish({ status: reason, finishedAt: new Date().toISOString(), ...(failure ? { failure } : {}) });
    this.#checkpoints.tell();
    emit({ type: 'run-finished', time: Date.now(), record: writer.record });
    return writer.record;
  }

  /** Starts no more tasks; those that run may finish within the grace time. */
  interrupt(): void {
    this.#guard(() => this.#ending.stop('interrupted'));
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
    const short = this.#pace.isShort;
    for (let due = this.#nextDue(); due; due = this.#nextDue()) {
      const size = this.#due.size + 1;
      // With few tasks left, each goes to a worker of its own.
      const worker = pool.take(short && size > pool.size * 4);
      if (!worker) {
        this.#due.hold(due);
        pool.want(size, short);
        return;
      }
      void this.#start(due, worker);
    }
    const waiting = this.#ending.reason ? 0 : this.#due.size + this.#attempts.waiting;
    if (this.#running.size + waiting === 0) this.#finish();
  }

  #nextDue(): DueTask | undefined {
    return this.#ending.reason ? undefined : this.#due.next();
  }

  async #start(due: DueTask, worker: WorkerProcess): Promise<void> {
    const { emit, pool } = this.#options;
    const { planned } = due;
    const attempt = this.#attempts.orderFor(planned);
    const name: TaskName = { step: planned.step, task: planned.task, attempt: attempt.attempt };
    const lost = this.#attempts.lost(planned);
    const startedAt = lost?.startedAt ?? Date.now();
    const isFallback = lost !== undefined;
    const running: Running = { ...due, name, pid: worker.pid, startedAt, isFallback };
    this.#running.add(running);
    const output = lost?.output ?? this.#logs.open(running);
    try {
      const { limit } = this.#attempts.policy(planned.step);
      const listener = listenerFor(running, { worker, emit, limit, logs: this.#logs, output });
      const returned = await worker.run(this.#orders.orderFor(planned, attempt), listener);
      if (worker.dead) pool.discard(worker);
      const exception = this.#ending.reason ? undefined : returned?.death;
      const isLost =
        exception && this.#attempts.catches(name, { exception, output, startedAt: running.startedAt });
      const recorded = isLost ? undefined : await this.#logs.end(output.log);
      this.#running.delete(running);
      if (returned && recorded) this.#record(running, { ...returned, ...recorded });
      else this.#ready.addFirst([planned]);
      this.#dispatch();
    } catch (error) {
      this.#abort(error);
    }
  }

  #takeOver(planned: PlannedTask, { record, tree, from, artifacts, entries, objects }: TakenOver): void {
    this.#options.writer.takeOver({ record, tree, from, objects });
    const task: TaskName = { step: planned.step, task: planned.task, attempt: record.attempt };
    this.#checkpoints.tellAfter({ type: 'task-taken', time: Date.now(), task, from });
    this.#orders.finished(task, { artifacts, entries });
    this.#follow(planned, task, record.transition);
    this.#checkpoints.soon();
  }

  #record(running: Running, returned: TaskReturn & RecordedOutput): void {
    const { planned, name, pid } = running;
    const { writer, graph } = this.#options;
    const { result, isStopped = false, stdout, stderr, live } = returned;
    const { exception, isCaught } = outcomeOf(graph, planned.step, returned);
    const failed = exception && !isCaught ? { planned, name, pid, exception, isStopped } : undefined;
    const retry = failed && !this.#ending.reason ? this.#attempts.after(failed) : undefined;
    const record = taskRecord(running, returned, { exception, isCaught, retry });
    const { artifacts = writer.emptyTree(), objects = [], packs = [], logical = 0 } = result ?? {};
    writer.add({ record, artifacts, stdout, stderr, objects, packs, logical, live });
    if (failed && retry) {
      const { number, of: retries, delay: delayMilliseconds } = retry;
      const next = { exception: failed.exception, retry: number, retries, delayMilliseconds };
      this.#checkpoints.tellAfter({ type: 'task-retrying', time: Date.now(), task: name, pid, ...next });
    } else if (failed) this.#fail(failed);
    else if (result) this.#succeed(running, result);
    this.#checkpoints.soon();
  }

  #succeed({ planned, name, pid }: Running, result: TaskResult): void {
    const milliseconds = result.finishedAt - result.startedAt;
    const ended = {
      task: name,
      pid,
      milliseconds,
      ...(result.exception ? { caught: result.exception } : {}),
    };
    this.#checkpoints.tellAfter({ type: 'task-finished', time: Date.now(), ...ended });
    this.#orders.finished(name, result);
    this.#pace.note(milliseconds);
    this.#follow(planned, name, result.transition);
  }

  #follow(planned: PlannedTask, name: TaskName, transition: TransitionRecord | undefined): void {
    if (!transition || this.#options.only) return;
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
      this.#ending.fail({ task: `${planned.step}/${planned.task}`, exception: exceptionOf(error) });
      return;
    }
    this.#ready.addLast(this.#plan.after(planned, { steps, numSplits }), Math.max(1, numSplits));
  }

  #fail({ name, pid, exception, isStopped }: FailedAttempt): void {
    const time = Date.now();
    this.#checkpoints.tellAfter({ type: 'task-failed', time, task: name, pid, exception, isStopped });
    this.#ending.fail({ task: `${name.step}/${name.task}`, exception });
  }

  #cannotLoad(error: unknown): void {
    // One worker that cannot load a flow means that none can.
    if (!(error instanceof OxbowError)) throw error;
    this.#ending.fail({ exception: exceptionOf(error) });
    this.#dispatch();
  }

  /** Nothing new starts, and what waits for another attempt has failed. */
  #giveUp(): void {
    this.#options.pool.drop();
    for (const failed of this.#attempts.giveUp()) this.#fail(failed);
    this.#dispatch();
  }
}
