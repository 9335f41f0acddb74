import { TimeoutError } from './errors.ts';
import { isThenable, NeverSettledError, settled } from './settling.ts';

/** What ends an attempt from outside of its step's own code: its time is up, or an error came up that nobody awaits. */
export class Interruption {
  #error: { readonly thrown: unknown } | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #deadline = Number.POSITIVE_INFINITY;
  #late: TimeoutError | undefined;
  #happened = false;

  /** Whether it ever happened: the step may go on behind the engine's back. */
  get happened(): boolean {
    return this.#happened;
  }

  /** Gives the attempt `seconds` from now. */
  limit(step: string, seconds: number): void {
    this.#late = new TimeoutError(step, seconds);
    this.#deadline = performance.now() + seconds * 1000;
    this.#timer = setTimeout(() => this.interrupt(this.#late), seconds * 1000);
  }

  /** Ends the attempt with an error; the first one counts. */
  interrupt(error: unknown): void {
    this.#happened = true;
    this.#error ??= { thrown: error };
    this.#reject?.(this.#error.thrown);
  }

  /**
   * What the work of `who` gives. Throws what interrupts it, or what came up before; the work is not waited for then. Throws NeverSettledError when
   * nothing can end it.
   */
  async within<T>(who: string, work: T | PromiseLike<T>): Promise<T> {
    this.check();
    if (!isThenable(work)) return work;
    const interrupted = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    try {
      const value = await settled(who, Promise.race([work, interrupted]));
      this.check();
      return value;
    } catch (error) {
      if (error instanceof NeverSettledError) this.#happened = true;
      throw error;
    } finally {
      this.#reject = undefined;
    }
  }

  /** Waits a turn of the event loop, in which errors that nobody awaits come up. Throws the first that did. */
  async turn(): Promise<void> {
    await new Promise(setImmediate);
    this.check();
  }

  /** A decorator took the error: what is left of the attempt goes on, without a limit. */
  forgive(): void {
    this.end();
    this.#error = undefined;
  }

  /** Nothing interrupts for lack of time any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#deadline = Number.POSITIVE_INFINITY;
  }

  /** Throws what has interrupted the attempt. */
  check(): void {
    if (this.#error) throw this.#error.thrown;
    // A step that blocks its process lets no timer run.
    if (performance.now() <= this.#deadline) return;
    this.interrupt(this.#late);
    throw this.#late;
  }
}
