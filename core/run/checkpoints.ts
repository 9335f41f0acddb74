import { RefLockedError, type RunWriter, timeStamp } from '#store';
import type { RunEvent } from '../events.ts';
import { tellTroubles } from './tell-troubles.ts';

/** How often finished tasks are made durable while more run, in milliseconds. */
const CHECKPOINT_INTERVAL = 150;
/** The same while tasks are only taken over, which are durable in the run they come from. */
const RARE_INTERVAL = 1000;

/** How long to wait, in milliseconds, when another process holds the lock of the run's ref: each try blocks for a while. */
const AFTER_LOCK = 5000;

/** What a run's checkpoints act on. */
export interface CheckpointOptions {
  readonly writer: RunWriter;
  readonly emit: (event: RunEvent) => void;
  /** Called after each checkpoint: all that was recorded is durable. */
  readonly onDurable: () => void;
  /** Called when the store fails. */
  readonly onError: (error: unknown) => void;
}

/** Makes what a run records durable in groups, and tells of it only then. */
export class Checkpoints {
  readonly #options: CheckpointOptions;
  /** Recorded, but not durable yet. */
  #untold: RunEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** When the next one is due, in milliseconds of the process. */
  #due = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(options: CheckpointOptions) {
    this.#options = options;
  }

  /** Something was recorded: it will be durable soon. */
  soon(): void {
    this.#within(CHECKPOINT_INTERVAL);
  }

  /** Something was recorded that would not be lost: it will be told of before long. */
  later(): void {
    this.#within(RARE_INTERVAL);
  }

  #within(milliseconds: number): void {
    const due = performance.now() + milliseconds;
    if (this.#stopped || due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.#checkpoint(), milliseconds);
  }

  /** Tells of an event once what was recorded so far is durable. */
  tellAfter(event: RunEvent): void {
    this.#untold.push(event);
  }

  /** All that was recorded is durable, by other means: tells of it. */
  tell(): void {
    const events = this.#untold;
    this.#untold = [];
    // A task counts as finished from now on: its time is that of the checkpoint.
    const time = timeStamp();
    for (const event of events) this.#options.emit({ ...event, time });
    tellTroubles(this.#options.writer, this.#options.emit);
  }

  /** No more checkpoints are made. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #checkpoint(): void {
    this.#timer = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    const { writer, onDurable, onError } = this.#options;
    try {
      if (writer.dirty) writer.checkpoint();
      onDurable();
      this.tell();
    } catch (error) {
      // Another process holds the ref for a while, or died holding it: tasks go on, and what they did becomes durable later.
      if (error instanceof RefLockedError) this.#within(AFTER_LOCK);
      else onError(error);
    }
  }
}
