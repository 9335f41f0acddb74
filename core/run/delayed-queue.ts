/** Longest wait a timer of Node knows, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

interface Waiting<T> {
  readonly item: T;
  /** In milliseconds of the clock. */
  readonly due: number;
}

/** Things that wait for their time. One timer serves all of them. */
export class DelayedQueue<T> {
  readonly #onDue: (items: readonly T[]) => void;
  readonly #clock: () => number;
  /** Soonest first. */
  #waiting: Waiting<T>[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `onDue` gets what is due, in order of time. The clock is one that nobody sets, by default that of the process. */
  constructor(onDue: (items: readonly T[]) => void, clock: () => number = () => performance.now()) {
    this.#onDue = onDue;
    this.#clock = clock;
  }

  /** Number of things that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Adds a thing that is due at a time of the clock. */
  add(item: T, due: number): void {
    const before = this.#waiting.findLastIndex((other) => other.due <= due);
    this.#waiting.splice(before + 1, 0, { item, due });
    this.#wait();
  }

  /** Gives up all that wait and returns them. */
  clear(): T[] {
    clearTimeout(this.#timer);
    const items = this.#waiting.map(({ item }) => item);
    this.#waiting = [];
    return items;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const [next] = this.#waiting;
    if (!next) return;
    const left = Math.min(Math.max(0, next.due - this.#clock()), LONGEST_TIMER);
    this.#timer = setTimeout(() => this.#release(), left);
  }

  #release(): void {
    const now = this.#clock();
    const due = this.#waiting.filter((one) => one.due <= now);
    this.#waiting = this.#waiting.slice(due.length);
    this.#wait();
    if (due.length > 0) this.#onDue(due.map(({ item }) => item));
  }
}
