/** Tasks that take less than this on average, in milliseconds, cost mostly overhead. */
const SHORT = 1;

/** How long tasks take of late: a moving average. Before the first has ended they count as long. */
export class Pace {
  #mean = SHORT;

  /** A task took so many milliseconds. */
  note(milliseconds: number): void {
    this.#mean += (milliseconds - this.#mean) / 8;
  }

  /** Whether tasks are short enough that handing them to workers in advance, and to few of them, is what counts. */
  get isShort(): boolean {
    return this.#mean < SHORT;
  }
}
