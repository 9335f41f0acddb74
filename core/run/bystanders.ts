import type { TaskKey } from '../graph/plan.ts';
import type { TaskReturn } from '../worker/task-listener.ts';
import type { RecordedOutput } from './running-logs.ts';
import type { Attempted } from './task-record.ts';

/** An attempt whose process ended by the doing of another task, or maybe of another: it is run once more. */
export interface Bystander<A extends Attempted> {
  readonly running: A;
  /** What is to be recorded should the run stop before. */
  readonly returned: TaskReturn & RecordedOutput;
}

const NOTHING = new Uint8Array(0);
const NO_OUTPUT: RecordedOutput = {
  stdout: NOTHING,
  stderr: NOTHING,
  arrivals: [],
  leftOut: {},
  live: undefined,
};

/** The tasks that shared a process with one that ended it. Being run once more costs them no attempt. */
export class Bystanders<A extends Attempted> {
  readonly #known = new Map<string, Bystander<A>>();
  readonly #alone = new Set<string>();

  /** Whether a task is to have a process for itself, since it may be the one that ended the last. */
  isAlone(task: TaskKey): boolean {
    return this.#alone.has(keyOf(task));
  }

  /** Whether an attempt has begun before. */
  has(task: TaskKey): boolean {
    return this.#known.has(keyOf(task));
  }

  add(running: A, returned: TaskReturn): void {
    const key = keyOf(running.planned);
    this.#known.set(key, { running, returned: { ...returned, ...NO_OUTPUT } });
    if (returned.again === 'alone') this.#alone.add(key);
  }

  /** The attempt has come to an end. Gives what was noted of it. */
  take(task: TaskKey): Bystander<A> | undefined {
    const one = this.#known.get(keyOf(task));
    this.#known.delete(keyOf(task));
    return one;
  }

  /** All that do not run again. */
  takeAllBut(isRunning: (task: TaskKey) => boolean): Bystander<A>[] {
    const waiting = [...this.#known.values()].filter(({ running }) => !isRunning(running.planned));
    for (const { running } of waiting) this.take(running.planned);
    return waiting;
  }
}

const keyOf = ({ step, task }: TaskKey): string => `${step}/${task}`;
