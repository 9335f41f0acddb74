import type { RunRecord } from '#store';
import { timeStamp } from '#store';
import type { RunEvent } from '../events.ts';

/** How long running tasks may go on after another has failed, in seconds. */
const GRACE_SECONDS = 5;

/** What an ending acts on. */
export interface EndingOptions {
  readonly emit: (event: RunEvent) => void;
  /** Number of tasks that run. */
  active(): number;
  /** Nothing new is to start. */
  onStop(): void;
  /** Ends what runs. */
  kill(): void;
}

/** The early end of a run: what caused it, and the time that running tasks are given. */
export class Ending {
  readonly #options: EndingOptions;
  #reason: 'failed' | 'interrupted' | undefined;
  #failure: RunRecord['failure'];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EndingOptions) {
    this.#options = options;
  }

  /** Why the run ends early; undefined as long as it does not. */
  get reason(): 'failed' | 'interrupted' | undefined {
    return this.#reason;
  }

  /** What made the run fail first. */
  get failure(): RunRecord['failure'] {
    return this.#failure;
  }

  /** Something failed for good. */
  fail(failure: NonNullable<RunRecord['failure']>): void {
    // What still fails after an interrupt was interrupted itself.
    if (this.#reason !== 'interrupted') this.#failure ??= failure;
    this.stop('failed');
  }

  /** Starts no more tasks; those that run may finish within the grace time. */
  stop(reason: 'failed' | 'interrupted'): void {
    if (this.#reason) return;
    this.#reason = reason;
    const { emit, active, onStop, kill } = this.#options;
    onStop();
    const running = active();
    emit({ type: 'run-stopping', time: timeStamp(), reason, active: running, graceSeconds: GRACE_SECONDS });
    if (running > 0) this.#timer = setTimeout(kill, GRACE_SECONDS * 1000);
  }

  /** The run is over. */
  close(): void {
    clearTimeout(this.#timer);
  }
}
