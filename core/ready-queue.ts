import type { PlannedTask } from './plan.ts';

interface Batch {
  readonly tasks: Iterator<PlannedTask>;
  left: number;
}

/**
 * Tasks that may start. What continues a task that has just finished goes first, while its values are at hand; the tasks of a
 * foreach are made one by one as they are taken, however wide it is.
 */
export class ReadyQueue {
  readonly #batches: Batch[] = [];
  #size = 0;

  /** Number of tasks that wait. */
  get size(): number {
    return this.#size;
  }

  /** Adds tasks that go before all others, keeping their order. */
  addFirst(tasks: readonly PlannedTask[]): void {
    if (tasks.length === 0) return;
    this.#batches.unshift({ tasks: tasks.values(), left: tasks.length });
    this.#size += tasks.length;
  }

  /** Adds `count` tasks, made on demand, that go after all others. */
  addLast(tasks: Iterable<PlannedTask>, count: number): void {
    this.#batches.push({ tasks: tasks[Symbol.iterator](), left: count });
    this.#size += count;
  }

  /** The next task, or undefined when none waits. */
  take(): PlannedTask | undefined {
    const [batch] = this.#batches;
    if (!batch) return undefined;
    const { value, done } = batch.tasks.next();
    batch.left -= 1;
    this.#size -= 1;
    if (batch.left === 0) this.#batches.shift();
    return done ? undefined : value;
  }
}
