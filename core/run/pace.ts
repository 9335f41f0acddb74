/** Tasks that take less than this on average, in milliseconds, cost mostly overhead. */
const SHORT = 1;

/** How long tasks take of late: a moving average. Before the first has ended they count as long. */
export class Pace {
  #mean = SHORT;
  #latest = SHORT;
  #before = SHORT;

  /** A task took so many milliseconds. */
  note(milliseconds: number): void {
    this.#before = this.#latest;
    this.#latest = milliseconds;
    this.#mean += (milliseconds - this.#mean) / 8;
  }

  /** Whether tasks are short enough that handing them to workers in advance, and to few of them, is what counts. */
  get isShort(): boolean {
    return this.#mean < SHORT;
  }

  /** The same, or that a task was just now: the first tasks of a worker take long whatever they do, and on a busy computer any may. */
  get seemsShort(): boolean {
    return this.isShort || Math.min(this.#latest, this.#before) < SHORT;
  }
}
