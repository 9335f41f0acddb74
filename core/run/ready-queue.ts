import type { PlannedTask } from '../graph/plan.ts';

interface Batch {
  readonly tasks: Iterator<PlannedTask>;
  left: number;
  /** The step that all of them are of, where that is known. */
  readonly step: string | undefined;
}

/**
 * Tasks that may start. What continues a task that has just finished goes first, while its values are at hand; the tasks of a
 * foreach are made one by one as they are taken, however wide it is.
 */
export class ReadyQueue {
  readonly #batches: Batch[] = [];
  /** Those of a known step, by step. */
  readonly #ofStep = new Map<string, Batch[]>();
  #size = 0;

  /** Number of tasks that wait. */
  get size(): number {
    return this.#size;
  }

  /** Adds tasks that go before all others, keeping their order. */
  addFirst(tasks: readonly PlannedTask[]): void {
    if (tasks.length === 0) return;
    this.#batches.unshift({ tasks: tasks.values(), left: tasks.length, step: undefined });
    this.#size += tasks.length;
  }

  /** Adds `count` tasks, made on demand, that go after all others; when all are of one step, it may be told. */
  addLast(tasks: Iterable<PlannedTask>, count: number, step?: string): void {
    const batch = { tasks: tasks[Symbol.iterator](), left: count, step };
    this.#batches.push(batch);
    this.#size += count;
    if (step === undefined) return;
    const others = this.#ofStep.get(step);
    if (others) others.push(batch);
    else this.#ofStep.set(step, [batch]);
  }

  /** The next task, or the next of those that were told to be of a step; undefined when none waits. */
  take(step?: string): PlannedTask | undefined {
    const batch = step === undefined ? this.#batches[0] : this.#ofStep.get(step)?.[0];
    if (!batch) return undefined;
    const { value, done } = batch.tasks.next();
    batch.left -= 1;
    this.#size -= 1;
    if (batch.left === 0) this.#remove(batch);
    return done ? undefined : value;
  }

  #remove(batch: Batch): void {
    this.#batches.splice(this.#batches.indexOf(batch), 1);
    if (batch.step === undefined) return;
    // Those of a step are taken in the order in which they came.
    const others = this.#ofStep.get(batch.step);
    others?.shift();
    if (others?.length === 0) this.#ofStep.delete(batch.step);
  }
}
