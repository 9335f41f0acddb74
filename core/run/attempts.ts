import type { ExceptionRecord } from '#store';
import { timeStamp } from '#store';
import type { TaskName } from '../events.ts';
import { delayOf, policyOf, type StepPolicy } from '../flow/step-policy.ts';
import type { Graph, StepNode } from '../graph/graph.ts';
import type { PlannedTask, TaskKey } from '../graph/plan.ts';
import type { AttemptOrder, StepAhead } from '../task/worker-protocol.ts';
import { DelayedQueue } from './delayed-queue.ts';
import type { RunningLogs } from './running-logs.ts';

/** An attempt that failed. */
export interface FailedAttempt {
  readonly planned: PlannedTask;
  readonly name: TaskName;
  readonly pid: number;
  readonly exception: ExceptionRecord;
  /** The engine ended its process, for the run was stopping. */
  readonly isStopped: boolean;
  /** The condition of its retries says that none follows, or could not be asked. */
  readonly isFinal: boolean;
}

/** An attempt whose process died. */
export interface LostAttempt {
  readonly exception: ExceptionRecord;
  /** What takes its output, to which more may come. */
  readonly output: ReturnType<RunningLogs['open']>;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** The retry that follows a failed attempt. */
export interface Retry {
  /** Which retry it is, from 1, and how many there may be. */
  readonly number: number;
  readonly of: number;
  /** How long it waits, in milliseconds, and until when, in milliseconds since 1970. */
  readonly delay: number;
  readonly due: number;
}

interface Waiting {
  readonly failed: FailedAttempt;
  /** In milliseconds of the process. */
  readonly due: number;
}

/**
 * Counts the attempts of tasks and decides what follows one that failed. A retry begins when its time has come, and not before
 * the attempt that failed is durable: an attempt that began is never the only trace of its task.
 */
export class Attempts {
  readonly #graph: Graph;
  readonly #isAlone: (task: TaskKey) => boolean;
  readonly #policies = new Map<string, StepPolicy>();
  /** Of tasks that failed before: how often, by `step/task`. */
  readonly #failures = new Map<string, number>();
  /** Attempts whose process died, which is to be caught, by `step/task`. */
  readonly #deaths = new Map<string, LostAttempt>();
  /** Retries of attempts that are not durable yet. */
  #early: Waiting[] = [];
  readonly #waiting: DelayedQueue<FailedAttempt>;

  /** `onDue` gets the tasks whose retry may begin; `isAlone` tells which are to have a process for themselves. */
  constructor(
    graph: Graph,
    {
      onDue,
      isAlone,
    }: {
      readonly onDue: (tasks: readonly PlannedTask[]) => void;
      readonly isAlone: (task: TaskKey) => boolean;
    },
  ) {
    this.#graph = graph;
    this.#isAlone = isAlone;
    this.#waiting = new DelayedQueue((failed) => onDue(failed.map(({ planned }) => planned)));
  }

  /** Number of retries that wait. */
  get waiting(): number {
    return this.#early.length + this.#waiting.size;
  }

  /** What the decorators of a step say. */
  policy(step: string): StepPolicy {
    let policy = this.#policies.get(step);
    if (!policy) {
      policy = policyOf(this.#graph.steps.get(step)?.decorators ?? []);
      this.#policies.set(step, policy);
    }
    return policy;
  }

  /** How many tasks of its step may share a process with a task. */
  placesOf(task: TaskKey): number {
    return this.#isAlone(task) ? 1 : (this.#graph.steps.get(task.step)?.options.concurrency ?? 1);
  }

  /** What a worker has to know of the attempt that is next. */
  orderFor(task: TaskKey): AttemptOrder {
    const key = keyOf(task);
    const attempt = this.#failures.get(key) ?? 0;
    const died = this.#deaths.get(key);
    const node = this.#graph.steps.get(task.step);
    const ahead = node && node.decorators.length > 0 ? { ahead: aheadOf(node) } : {};
    return {
      attempt,
      isLast: attempt >= this.policy(task.step).retries,
      isShared: this.placesOf(task) > 1,
      ...ahead,
      ...(died ? { died: died.exception } : {}),
    };
  }

  /** The retry that follows an attempt, which is planned herewith; undefined when none is left. */
  after(failed: FailedAttempt): Retry | undefined {
    const policy = this.policy(failed.name.step);
    const { retries } = policy;
    const number = failed.name.attempt + 1;
    if (number > retries || failed.isFinal) return undefined;
    const delay = delayOf(policy, number);
    this.#deaths.delete(keyOf(failed.name));
    this.#failures.set(keyOf(failed.name), number);
    this.#early.push({ failed, due: performance.now() + delay });
    return { number, of: retries, delay, due: timeStamp() + delay };
  }

  /** Whether a retry of the step depends on the error. */
  hasCondition(step: string): boolean {
    return this.policy(step).condition !== undefined;
  }

  /** Whether code of the flow judges the death of a process: another worker is then told of it in place of calling the step. */
  catches(name: TaskName, lost: LostAttempt): boolean {
    const { catches, retries, condition } = this.policy(name.step);
    const key = keyOf(name);
    // What dies once more while its death is handled has failed.
    const isJudged = name.attempt < retries ? condition : catches;
    if (!isJudged || this.#deaths.has(key)) return false;
    this.#deaths.set(key, lost);
    return true;
  }

  /** The attempt whose process died, when a worker is to be told of it. */
  lost(task: TaskKey): LostAttempt | undefined {
    return this.#deaths.get(keyOf(task));
  }

  /** All attempts that ended are durable now. */
  durable(): void {
    const early = this.#early;
    this.#early = [];
    for (const { failed, due } of early) this.#waiting.add(failed, due);
  }

  /** Gives up the retries that wait and returns what they were to mend. */
  giveUp(): FailedAttempt[] {
    const failed = [...this.#early.map((one) => one.failed), ...this.#waiting.clear()];
    this.#early = [];
    return failed;
  }
}

const keyOf = ({ step, task }: TaskKey): string => `${step}/${task}`;

const aheadOf = ({ next, variable, cases }: StepNode): StepAhead => ({
  next,
  ...(variable === undefined ? {} : { variable }),
  ...(cases ? { cases } : {}),
});
