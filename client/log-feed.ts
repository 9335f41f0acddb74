import { type AttemptLog, RunningTaskReader, type RunReader, type TaskReader, type TaskRecord } from '#store';
import { LogCursor, type LogPiece } from './log-lines.ts';
import { tailPosition } from './log-tail.ts';

/** What a feed is to tell of. */
export interface FeedOptions {
  /** Only tasks of this step. */
  readonly step?: string | undefined;
  /** Only the task at this position. */
  readonly task?: string | undefined;
  readonly stream?: LogPiece['stream'] | undefined;
  /** Of what there is already only so many lines at the end of each stream of a task. */
  readonly tail?: number | undefined;
  /** A line of more bytes comes in pieces. */
  readonly longest?: number;
}

/** A line, and the attempt that wrote it. */
export interface FeedItem extends LogPiece {
  readonly step: string;
  readonly task: string;
  readonly attempt: number;
}

/** The run a feed follows, read anew at each look. */
interface Followed {
  readonly reader: RunReader;
  readonly status: string;
}

interface Reading {
  readonly cursor: LogCursor;
  isDone: boolean;
}

/**
 * What the tasks of a run write, told as it comes: {@link poll} gives what is new. Tasks are read while they run, once they have
 * done so for a moment, and to their end when they are recorded.
 */
export class LogFeed {
  readonly #run: Followed;
  readonly #options: FeedOptions;
  readonly #readings = new Map<string, Reading>();
  /** Trees of the tasks that were read, by `step/task`. */
  readonly #trees = new Map<string, string>();
  #commit: string | undefined;
  #isFirst = true;
  #isOver = false;
  /** The last record of the one task that is wanted. */
  #last: TaskRecord | undefined;

  constructor(run: Followed, options: FeedOptions) {
    this.#run = run;
    this.#options = options;
  }

  /** The lines that are new. The last look, after which nothing comes, is that at whose end {@link isOver} is true. */
  *poll(): Generator<FeedItem> {
    // In this order: what ends or is recorded meanwhile is seen at the next look.
    const isOver = this.#run.status !== 'running';
    const { step, task } = this.#options;
    const running = RunningTaskReader.list(this.#run.reader, step);
    for (const reader of running) {
      if (task !== undefined && reader.task !== task) continue;
      const reading = this.#reading(reader, false);
      if (!reading.isDone) yield* this.#told(reader, reading.cursor.lines(reader.output));
    }
    const run = this.#run.reader;
    if (run.commit !== this.#commit) for (const reader of this.#changed(run)) yield* this.#recorded(reader);
    this.#commit = run.commit;
    this.#isFirst = false;
    if (isOver) yield* this.#leftOver(running);
    this.#isOver = isOver || this.#isTaskOver;
  }

  /** True when nothing more comes. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The record of the task, when one was wanted and it has ended. */
  get last(): TaskRecord | undefined {
    return this.#last;
  }

  get #isTaskOver(): boolean {
    return this.#last !== undefined && this.#last.retryAt === undefined;
  }

  *#changed(run: RunReader): Generator<TaskReader> {
    const { step, task } = this.#options;
    for (const name of step === undefined ? run.stepNames() : [step]) {
      const one = task === undefined ? undefined : run.task(name, task);
      const readers = task === undefined ? run.tasks(name) : one ? [one] : [];
      for (const reader of readers) {
        const key = `${name}/${reader.task}`;
        if (this.#trees.get(key) === reader.tree) continue;
        this.#trees.set(key, reader.tree);
        yield reader;
      }
    }
  }

  *#recorded(task: TaskReader): Generator<FeedItem> {
    for (const reader of task.attempts()) {
      const known = this.#readings.get(keyOf(reader));
      const reading = known ?? this.#reading(reader, true);
      if (reading.isDone) continue;
      if (known) moveIntoRecord(known.cursor, reader.record);
      yield* this.#told(reader, reading.cursor.lines(reader.output));
      yield* this.#told(reader, reading.cursor.end());
      reading.isDone = true;
    }
    if (this.#options.task !== undefined) this.#last = task.record;
  }

  /** Lines without an end, of attempts that were running when their run crashed. */
  *#leftOver(running: readonly TaskReader[]): Generator<FeedItem> {
    for (const reader of running) {
      const reading = this.#readings.get(keyOf(reader));
      if (reading && !reading.isDone) yield* this.#told(reader, reading.cursor.end());
    }
  }

  #reading(reader: TaskReader, isOrdered: boolean): Reading {
    const key = keyOf(reader);
    const known = this.#readings.get(key);
    if (known) return known;
    const { stream, longest, tail } = this.#options;
    const cursor = new LogCursor({ stream, isOrdered, ...(longest === undefined ? {} : { longest }) });
    if (tail !== undefined && this.#isFirst) moveToTail(cursor, reader.output, tail);
    const reading = { cursor, isDone: false };
    this.#readings.set(key, reading);
    return reading;
  }

  *#told({ step, task, record }: TaskReader, lines: Iterable<LogPiece>): Generator<FeedItem> {
    for (const line of lines) yield { ...line, step, task, attempt: record.attempt };
  }
}

const keyOf = ({ step, task, record }: TaskReader): string => `${step}/${task}@${record.attempt}`;

/** Moves a cursor to where the last lines of each stream begin. */
function moveToTail(cursor: LogCursor, log: AttemptLog, lines: number): void {
  for (const stream of ['stdout', 'stderr'] as const) cursor.moveTo(stream, tailPosition(log, stream, lines));
}

/** Of a log that grew too long the record lacks the middle: places behind it are others there. */
function moveIntoRecord(cursor: LogCursor, { leftOut }: TaskRecord): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const [at, bytes, mark] = leftOut?.[stream] ?? [0, 0, 0];
    const position = cursor.position(stream);
    if (position > at && bytes > 0)
      cursor.moveTo(stream, position >= at + bytes ? position - bytes + mark : at);
  }
}
