import { OxbowError, type RunRecord, type TransitionRecord, timeStamp } from '#store';
import { TooManySplitsError } from '../errors.ts';
import type { TaskName } from '../events.ts';
import { exceptionOf } from '../exceptions.ts';
import { Plan, type PlannedTask, type TaskKey } from '../graph/plan.ts';
import type { TakenOver } from '../takeover/takeover.ts';
import type { TaskResult } from '../task/worker-protocol.ts';
import type { TaskReturn } from '../worker/task-listener.ts';
import type { TaskLog } from '../worker/task-log.ts';
import type { WorkerProcess } from '../worker/worker-process.ts';
import { Attempts, type FailedAttempt } from './attempts.ts';
import { Bystanders } from './bystanders.ts';
import { Checkpoints } from './checkpoints.ts';
import { type DueTask, DueTasks } from './due-tasks.ts';
import { Ending } from './ending.ts';
import { followUp } from './following.ts';
import { type ListenedTask, listenerFor } from './listener-for.ts';
import { Orders } from './orders.ts';
import { outcomeOf } from './outcome.ts';
import { Pace } from './pace.ts';
import { placements } from './placement.ts';
import { ReadyQueue } from './ready-queue.ts';
import { type RecordedOutput, RunningLogs } from './running-logs.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import { taskRecord } from './task-record.ts';

/** Runs the tasks of one run: hands ready ones to workers, records what they return, makes it durable in groups. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #plan: Plan;
  readonly #ready = new ReadyQueue();
  readonly #due: DueTasks;
  readonly #running = new Set<ListenedTask>();
  readonly #bystanders = new Bystanders<ListenedTask>();
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
    this.#attempts = new Attempts(options.graph, {
      isAlone: (task) => this.#bystanders.isAlone(task),
      onDue: (tasks) => {
        this.#ready.addFirst(tasks);
        this.#guard(() => this.#dispatch());
      },
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
    writer.finish({
      status: reason,
      finishedAt: new Date(timeStamp()).toISOString(),
      ...(failure ? { failure } : {}),
    });
    this.#checkpoints.tell();
    emit({ type: 'run-finished', time: timeStamp(), record: writer.record });
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
    const means = { pool: this.#options.pool, due: this.#due, attempts: this.#attempts, pace: this.#pace };
    const pairs = this.#ending.reason ? [] : placements(means);
    for (const [due, worker] of pairs) {
      void this.#start(due, worker);
      if (this.#ending.reason) break;
    }
    const waiting = this.#ending.reason ? 0 : this.#due.size + this.#attempts.waiting;
    if (this.#running.size + waiting === 0) this.#finish();
  }

  async #start(due: DueTask, worker: WorkerProcess): Promise<void> {
    const { emit, pool } = this.#options;
    const { planned } = due;
    const attempt = this.#attempts.orderFor(planned);
    const name: TaskName = { step: planned.step, task: planned.task, attempt: attempt.attempt };
    const lost = this.#attempts.lost(planned);
    const startedAt = lost?.startedAt ?? timeStamp();
    const isFallback = lost !== undefined;
    const isAgain = this.#bystanders.has(planned);
    const running: ListenedTask = { ...due, name, pid: worker.pid, startedAt, isFallback, isAgain };
    this.#running.add(running);
    const output = lost?.output ?? this.#logs.open(running);
    try {
      const { limit } = this.#attempts.policy(planned.step);
      const listener = listenerFor(running, { worker, emit, limit, logs: this.#logs, output });
      const returned = await worker.run(this.#orders.orderFor(planned, attempt), listener);
      if (worker.dead) pool.discard(worker);
      if (returned?.again && !this.#ending.reason) {
        this.#runAgain(running, returned, output.log);
        return;
      }
      const exception = this.#ending.reason ? undefined : returned?.death;
      const isLost =
        exception && this.#attempts.catches(name, { exception, output, startedAt: running.startedAt });
      const recorded = isLost ? undefined : await this.#logs.end(output.log);
      this.#running.delete(running);
      const before = returned || this.#ending.reason ? this.#bystanders.take(planned) : undefined;
      if (returned && recorded) this.#record(running, { ...returned, ...recorded });
      else if (before && !returned) this.#record(before.running, before.returned);
      else this.#ready.addFirst([planned]);
      this.#dispatch();
    } catch (error) {
      this.#abort(error);
    }
  }

  /** Another task has ended the process, or may have: no fault of this one is known. */
  #runAgain(running: ListenedTask, returned: TaskReturn, log: TaskLog): void {
    if (!running.isFallback) this.#logs.discard(log);
    this.#running.delete(running);
    this.#bystanders.add(running, returned);
    this.#ready.addFirst([running.planned]);
    this.#dispatch();
  }

  #takeOver(planned: PlannedTask, taken: TakenOver): void {
    const { record, tree, from, changed, artifacts, entries, objects } = taken;
    this.#options.writer.takeOver({ record, tree, from, artifacts, objects });
    const task: TaskName = { step: planned.step, task: planned.task, attempt: record.attempt };
    this.#checkpoints.tellAfter({
      ...{ type: 'task-taken', time: timeStamp(), task, from },
      ...(changed ? { changed } : {}),
    });
    this.#orders.finished(task, { artifacts, entries });
    this.#follow(planned, task, record.transition);
    this.#checkpoints.later();
  }

  #record(running: ListenedTask, returned: TaskReturn & RecordedOutput): void {
    const { planned, name, pid } = running;
    const { writer, graph } = this.#options;
    const { result, isStopped = false, stdout, stderr, live } = returned;
    const { exception, isCaught } = outcomeOf(graph, planned.step, returned);
    const isFinal = result ? result.isFinal === true : this.#attempts.hasCondition(planned.step);
    const failed = exception && !isCaught ? { planned, name, pid, exception, isStopped, isFinal } : undefined;
    const retry = failed && !this.#ending.reason ? this.#attempts.after(failed) : undefined;
    const record = taskRecord(running, returned, { exception, isCaught, retry });
    const { artifacts = writer.emptyTree(), objects = [], packs = [], logical = 0 } = result ?? {};
    writer.add({ record, artifacts, stdout, stderr, objects, packs, logical, live });
    if (failed && retry) {
      const { number, of: retries, delay: delayMilliseconds } = retry;
      const next = { exception: failed.exception, retry: number, retries, delayMilliseconds };
      this.#checkpoints.tellAfter({ type: 'task-retrying', time: timeStamp(), task: name, pid, ...next });
    } else if (failed) this.#fail(failed);
    else if (result) this.#succeed(running, result);
    this.#checkpoints.soon();
  }

  #succeed({ planned, name, pid }: ListenedTask, result: TaskResult): void {
    const { milliseconds } = result;
    const ended = {
      task: name,
      pid,
      milliseconds,
      ...(result.exception ? { caught: result.exception } : {}),
    };
    this.#checkpoints.tellAfter({ type: 'task-finished', time: timeStamp(), ...ended });
    this.#orders.finished(name, result);
    this.#pace.note(milliseconds);
    this.#follow(planned, name, result.transition);
  }

  #follow(planned: PlannedTask, name: TaskName, transition: TransitionRecord | undefined): void {
    if (!transition || this.#options.only) return;
    try {
      followUp(planned, { name, transition }, { ...this.#options, plan: this.#plan, ready: this.#ready });
    } catch (error) {
      if (!(error instanceof TooManySplitsError)) throw error;
      this.#ending.fail({ task: `${planned.step}/${planned.task}`, exception: exceptionOf(error) });
    }
  }

  #fail({ name, pid, exception, isStopped }: FailedAttempt): void {
    const time = timeStamp();
    this.#checkpoints.tellAfter({ type: 'task-failed', time, task: name, pid, exception, isStopped });
    this.#ending.fail({ task: `${name.step}/${name.task}`, exception });
  }

  #cannotLoad(error: unknown): void {
    // One worker that cannot load a flow means that none can.
    if (!(error instanceof OxbowError)) throw error;
    this.#ending.fail({ exception: exceptionOf(error) });
    this.#dispatch();
  }

  /** Nothing new starts, and what waits for another attempt, or to be run once more, has failed. */
  #giveUp(): void {
    this.#options.pool.drop();
    const isRunning = (task: TaskKey): boolean => [...this.#running].some(({ planned }) => planned === task);
    for (const { running, returned } of this.#bystanders.takeAllBut(isRunning))
      this.#record(running, returned);
    for (const failed of this.#attempts.giveUp()) this.#fail(failed);
    this.#dispatch();
  }
}
