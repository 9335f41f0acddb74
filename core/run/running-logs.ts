import type { FinishedTask, LogStream, RunWriter } from '#store';
import { timeStamp } from '#store';
import type { TaskListener } from '../worker/task-listener.ts';
import { type StoredOutput, TaskLog } from '../worker/task-log.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import { type Attempted, runningRecord } from './task-record.ts';

/** How long an attempt runs before others can see it, in milliseconds: files of short ones would cost more than they. */
const SOON = 200;
/** How long files are made for attempts in one go, in milliseconds, once every half {@link SOON}: a thousand may run side by side. */
const SLICE = 20;

/** An attempt's output, ready to be recorded. */
export type RecordedOutput = StoredOutput & Pick<FinishedTask, 'live'>;

type Options = Pick<SchedulerOptions, 'writer' | 'maxLogSize' | 'emit'>;

/** The logs of the attempts that run. */
export class RunningLogs {
  readonly #logs: RunWriter['logs'];
  readonly #limit: number | undefined;
  readonly #emit: Options['emit'];
  /** Those that no other process can read yet, with the time they began. */
  readonly #unseen = new Map<TaskLog, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ writer, maxLogSize, emit }: Options) {
    this.#logs = writer.logs;
    this.#limit = maxLogSize;
    this.#emit = emit;
  }

  /** Takes the output of an attempt that is about to run: keeps it, and tells of it. */
  open(attempt: Attempted): Pick<TaskListener, 'log' | 'onText' | 'onOpenLine'> {
    const { name, pid } = attempt;
    const openLive = () => this.#logs.begin(runningRecord(attempt, this.#limit));
    const told = (stream: LogStream, text: string) => ({ time: timeStamp(), task: name, pid, stream, text });
    return {
      log: new TaskLog({ openLive, limit: this.#limit }),
      onText: (stream, text, goesOn) =>
        this.#emit({ type: 'task-output', ...told(stream, text), ...(goesOn ? { goesOn } : {}) }),
      onOpenLine: (stream, text) => this.#emit({ type: 'task-open-line', ...told(stream, text) }),
    };
  }

  /** The attempt runs from now on. */
  begin(log: TaskLog): void {
    this.#unseen.set(log, performance.now());
    this.#timer ??= setInterval(() => this.#look(), SOON / 2).unref();
  }

  /** The attempt has ended, or was not begun: nothing more comes. */
  async end(log: TaskLog): Promise<RecordedOutput> {
    this.#unseen.delete(log);
    return { ...(await log.stored((content) => this.#logs.store(content))), live: log.live };
  }

  /** The attempt is run once more: what it has written is forgotten. */
  discard(log: TaskLog): void {
    this.#unseen.delete(log);
    if (log.live) this.#logs.remove(log.live);
  }

  /** No attempt runs any more. */
  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    for (const [log, begun] of this.#unseen) {
      // They stand in the order in which they began.
      if (now - begun < SOON || performance.now() - now > SLICE) return;
      this.#unseen.delete(log);
      try {
        log.goLive();
      } catch {
        // What follows tries again; should nothing follow, what came fits into memory.
      }
    }
  }
}
