import type { TaskResult } from '../task/worker-protocol.ts';
import type { TaskListener } from './task-listener.ts';

/** The end of a process, as one of the orders it had begun sees it. */
export interface Fall {
  /** How many orders it had begun. */
  readonly among: number;
}

/** What becomes of an order: a result, or it was not begun, or its process ended in the middle of it. */
export type Answer = TaskResult | 'dropped' | Fall;

/** An order without an answer. */
export interface Pending {
  readonly id: number;
  readonly listener: TaskListener;
  readonly answer: (answer: Answer) => void;
}

/** The orders that one worker process has and has not answered, in the order in which they were given. */
export class PendingOrders {
  readonly #pending = new Map<number, Pending>();
  readonly #begun = new Set<number>();

  get size(): number {
    return this.#pending.size;
  }

  /** How many of them the worker has begun. */
  get begun(): number {
    return this.#begun.size;
  }

  /** Those that the worker has begun. */
  get begunIds(): readonly number[] {
    return [...this.#begun];
  }

  add(one: Pending): void {
    this.#pending.set(one.id, one);
  }

  /** The worker has begun an order: its end is that of the task. */
  begin(id: number): void {
    const one = this.#pending.get(id);
    if (!one || this.#begun.has(id)) return;
    this.#begun.add(id);
    one.listener.onStart();
  }

  /** The step of an order has returned. */
  returned(id: number): void {
    this.#pending.get(id)?.listener.onReturned();
  }

  /** An order has its answer. */
  answer(id: number, answer: Answer): void {
    const one = this.#pending.get(id);
    this.#pending.delete(id);
    this.#begun.delete(id);
    one?.answer(answer);
  }

  /** Orders are given up that the worker has not begun: those given, or all of these. */
  drop(ids: readonly number[] = this.#notBegun()): void {
    for (const id of ids) this.answer(id, 'dropped');
  }

  /** The process has ended. */
  fall(): void {
    const among = this.#begun.size;
    this.drop();
    for (const id of [...this.#begun]) this.answer(id, { among });
  }

  #notBegun(): number[] {
    return [...this.#pending.keys()].filter((id) => !this.#begun.has(id));
  }
}
