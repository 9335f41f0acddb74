import type { AttemptLog } from '#store';
import type { LogLine } from './log-line.ts';

/** What one stream has written so far and not ended with a newline. */
interface OpenLine {
  readonly time: Date;
  readonly order: number;
  bytes: Buffer[];
  size: number;
}

/** A line, or with `goesOn` a piece of one that is too long to be told at once. */
export type LogPiece = LogLine & { readonly goesOn?: true };

/** How lines are put together. */
export interface LogCursorOptions {
  /** Of both streams when absent. */
  readonly stream?: LogLine['stream'] | undefined;
  /**
   * Lines come in the order in which they began, so that one may have to wait for another; else in the order in which they ended,
   * as one who follows a log wants them.
   */
  readonly isOrdered: boolean;
  /** A line of more bytes comes in pieces. */
  readonly longest?: number;
}

const STREAMS = ['stdout', 'stderr'] as const;
const NEWLINE = 0x0a;
/** Bytes read at a time. */
const PIECE = 256 * 1024;
/** Lines that wait for an open one, beyond which they wait no more. */
const MOST_WAITING = 10_000;

/** The lines of a log in the order their first bytes arrived; of one stream or of both. */
export function logLines(log: AttemptLog, stream?: LogLine['stream']): LogLine[] {
  const cursor = new LogCursor({ stream, isOrdered: true });
  return [...cursor.lines(log), ...cursor.end()];
}

/** Reads a log line by line, as far as it goes; then on, when it has grown. Holds little but lines that are open. */
export class LogCursor {
  readonly #options: Required<Omit<LogCursorOptions, 'stream'>> & Pick<LogCursorOptions, 'stream'>;
  readonly #read = { stdout: 0, stderr: 0 };
  readonly #open: Partial<Record<LogLine['stream'], OpenLine>> = {};
  #waiting: { readonly order: number; readonly line: LogPiece }[] = [];
  #count = 0;

  constructor(options: LogCursorOptions) {
    this.#options = { longest: Number.POSITIVE_INFINITY, ...options };
  }

  /** Bytes of a stream that were read. */
  position(stream: LogLine['stream']): number {
    return this.#read[stream];
  }

  /** Reads on elsewhere: what lay between is not there any more. */
  moveTo(stream: LogLine['stream'], position: number): void {
    this.#read[stream] = position;
  }

  /** The lines that have become whole. The log is read while they are taken. */
  *lines(log: AttemptLog): Generator<LogPiece> {
    const seen = { stdout: 0, stderr: 0 };
    for (const [time, which, bytes] of log.arrivals()) {
      const stream = STREAMS[which];
      seen[stream] += bytes;
      if (this.#options.stream !== undefined && stream !== this.#options.stream) continue;
      while (this.#read[stream] < seen[stream]) {
        const from = log.readable(stream, this.#read[stream]);
        const chunk = log.read(stream, from, Math.min(from + PIECE, Math.max(from, seen[stream])));
        if (chunk.length === 0) break;
        // It may have been overwritten while it was read.
        if (log.readable(stream, from) > from) continue;
        this.#read[stream] = from + chunk.length;
        this.#add(stream, chunk, new Date(time));
        yield* this.#take();
      }
    }
  }

  /** What is left: nothing more comes. */
  *end(): Generator<LogPiece> {
    for (const stream of STREAMS) this.#close(stream);
    yield* this.#take();
  }

  #add(stream: LogLine['stream'], chunk: Buffer, time: Date): void {
    for (let start = 0; start < chunk.length; ) {
      const newline = chunk.indexOf(NEWLINE, start);
      const end = newline < 0 ? chunk.length : newline;
      const open = this.#open[stream] ?? { time, order: this.#count++, bytes: [], size: 0 };
      this.#open[stream] = open;
      open.bytes.push(chunk.subarray(start, end));
      open.size += end - start;
      if (newline >= 0) this.#close(stream);
      else if (open.size > this.#options.longest) this.#tellPiece(stream, open);
      start = end + 1;
    }
  }

  #close(stream: LogLine['stream']): void {
    const open = this.#open[stream];
    if (!open) return;
    delete this.#open[stream];
    // Decoded as a whole: a chunk may end in the middle of a character.
    const text = Buffer.concat(open.bytes).toString();
    this.#waiting.push({ order: open.order, line: { time: open.time, stream, text } });
  }

  #tellPiece(stream: LogLine['stream'], open: OpenLine): void {
    const bytes = Buffer.concat(open.bytes);
    let end = bytes.length;
    while (end > bytes.length - 4 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1;
    if ((bytes[end - 1] ?? 0) >= 0xc0) end -= 1;
    const text = bytes.toString('utf8', 0, end);
    this.#waiting.push({ order: open.order, line: { time: open.time, stream, text, goesOn: true } });
    const rest = Buffer.from(bytes.subarray(end));
    this.#open[stream] = { ...open, bytes: [rest], size: rest.length };
  }

  /** Lines that need not wait for one that began before them. */
  *#take(): Generator<LogPiece> {
    if (this.#waiting.length === 0) return;
    if (!this.#options.isOrdered || this.#waiting.length > MOST_WAITING) {
      yield* this.#waiting.splice(0).map(({ line }) => line);
      return;
    }
    const open = STREAMS.map((stream) => this.#open[stream]?.order ?? Number.POSITIVE_INFINITY);
    const first = Math.min(...open);
    const ready = this.#waiting.filter(({ order }) => order <= first);
    if (ready.length === 0) return;
    this.#waiting = this.#waiting.filter(({ order }) => order > first);
    yield* ready.sort((a, b) => a.order - b.order).map(({ line }) => line);
  }
}
