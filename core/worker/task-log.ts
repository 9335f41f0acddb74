import {
  type Arrival,
  Arrivals,
  type LeftOut,
  type LiveLog,
  type LogStream,
  type LongBlob,
  type LongContent,
  type TaskRecord,
  timeStamp,
} from '#store';
import { type CutRule, cutArrivals, logCut } from './log-cut.ts';

/** Bytes an attempt may have written before they go to a file. */
const IN_MEMORY = 64 * 1024;
/** Bytes that wait when the file cannot be written, because the disk is full for instance, before the run gives up. */
const MOST_WAITING = 16 * 1024 * 1024;
/** A log longer than this is stored piece by piece, in a pack of its own. */
const LONG = 4 * 1024 * 1024;

/** What is kept of an attempt's output. */
export interface StoredOutput {
  readonly stdout: Uint8Array | LongBlob;
  readonly stderr: Uint8Array | LongBlob;
  readonly arrivals: readonly Arrival[];
  /** What of logs that grew too long is missing. */
  readonly leftOut: NonNullable<TaskRecord['leftOut']>;
}

/** What a log is kept with. */
export interface TaskLogOptions {
  /** Makes the files in which others read it. */
  readonly openLive: () => LiveLog;
  /** Most bytes of each stream that are kept. */
  readonly limit: number | undefined;
}

/**
 * All that one attempt writes, byte for byte: in memory while it is little, in the live files from then on, so that memory is bounded
 * whatever comes.
 */
export class TaskLog {
  readonly #options: TaskLogOptions;
  readonly #streams: Readonly<Record<LogStream, StreamLog>>;
  readonly #arrivals = new Arrivals();
  #live: LiveLog | undefined;
  /** The arrivals in the live files are not those known here, save for new ones. */
  #isOutOfDate = false;
  /** Why the files cannot be written, once too much waits for them. */
  #failure: { readonly error: unknown } | undefined;

  constructor(options: TaskLogOptions) {
    this.#options = options;
    this.#streams = { stdout: new StreamLog(options.limit), stderr: new StreamLog(options.limit) };
  }

  /** The files others read, when there are any. */
  get live(): LiveLog | undefined {
    return this.#live;
  }

  /** Takes what has just come. Never throws: {@link stored} does. */
  take(stream: LogStream, bytes: Buffer): void {
    if (this.#failure) return;
    this.#streams[stream].take(bytes);
    const time = timeStamp();
    if (this.#arrivals.add(time, stream === 'stdout' ? 0 : 1, bytes.length)) this.#isOutOfDate = true;
    const { stdout, stderr } = this.#streams;
    if (this.#live === undefined && stdout.waiting + stderr.waiting <= IN_MEMORY) return;
    try {
      if (this.#live) this.#write(this.#live, [time, stream, bytes.length]);
      else this.goLive();
    } catch (error) {
      this.#isOutOfDate = true;
      if (stdout.waiting + stderr.waiting > MOST_WAITING) this.#failure = { error };
    }
  }

  /** Lets others read what came so far, and from now on all that comes. Throws the file system's own errors. */
  goLive(): LiveLog {
    if (this.#live) return this.#live;
    this.#live = this.#options.openLive();
    this.#isOutOfDate = true;
    if (this.#arrivals.list.length > 0) this.#write(this.#live);
    return this.#live;
  }

  /** What is to be recorded, once nothing more comes; `store` takes a log that is too long for memory. */
  async stored(store: (content: LongContent) => Promise<LongBlob>): Promise<StoredOutput> {
    if (this.#failure) throw this.#failure.error;
    let arrivals = this.#arrivals.list;
    const contents: Record<LogStream, Uint8Array | LongBlob> = { stdout: NOTHING, stderr: NOTHING };
    const leftOut: { -readonly [Stream in LogStream]?: LeftOut } = {};
    for (const name of STREAMS) {
      const log = this.#streams[name];
      if (log.size === 0) continue;
      const whole = log.content(name, this.#live);
      const cut = log.isTooLong ? await logCut(whole, log) : undefined;
      if (cut) {
        arrivals = cutArrivals(arrivals, name === 'stdout' ? 0 : 1, cut);
        leftOut[name] = [cut.from, cut.to - cut.from, cut.mark];
      }
      const content = cut?.content ?? whole;
      contents[name] = content.size > LONG ? await store(content) : wholeOf(content);
    }
    return { ...contents, arrivals, leftOut };
  }

  #write(live: LiveLog, last?: readonly [time: number, stream: LogStream, bytes: number]): void {
    for (const name of STREAMS) this.#streams[name].write(name, live);
    if (this.#isOutOfDate) live.rewriteArrivals(this.#arrivals.list);
    else if (last) live.arrived(...last);
    this.#isOutOfDate = false;
  }
}

const STREAMS = ['stdout', 'stderr'] as const;
const NOTHING = new Uint8Array(0);
const NEWLINE = 0x0a;

/** One stream of a task: what a file holds, and behind it what waits in memory. */
class StreamLog implements CutRule {
  readonly limit: number;
  #waiting: Buffer[] = [];
  /** Bytes that wait. */
  waiting = 0;
  #written = 0;
  /** Line ends behind the part that is kept at all events. */
  newlinesBehindHead = 0;

  constructor(limit: number | undefined) {
    this.limit = limit ?? Number.POSITIVE_INFINITY;
  }

  /** Bytes of the whole. */
  get size(): number {
    return this.#written + this.waiting;
  }

  get isTooLong(): boolean {
    return this.size > this.limit;
  }

  take(bytes: Buffer): void {
    this.#countLines(bytes, Math.floor(this.limit / 2));
    this.#waiting.push(bytes);
    this.waiting += bytes.length;
  }

  write(stream: LogStream, live: LiveLog): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      live.write(stream, next, this.#written);
      this.#waiting.shift();
      this.waiting -= next.length;
      this.#written += next.length;
    }
  }

  content(stream: LogStream, live: LiveLog | undefined): LongContent {
    const memory = Buffer.concat(this.#waiting);
    const written = this.#written;
    const readInto = (target: Uint8Array, from: number): void => {
      const stored = target.subarray(0, Math.max(0, written - from));
      if (stored.length > 0) live?.readInto(stream, stored, from);
      const start = from + stored.length - written;
      target.set(memory.subarray(start, start + target.length - stored.length), stored.length);
    };
    return { size: written + memory.length, readInto };
  }

  #countLines(bytes: Buffer, head: number): void {
    const before = this.size;
    if (before + bytes.length <= head) return;
    for (
      let at = bytes.indexOf(NEWLINE, Math.max(0, head - before));
      at >= 0;
      at = bytes.indexOf(NEWLINE, at + 1)
    )
      this.newlinesBehindHead += 1;
  }
}

function wholeOf(content: LongContent): Buffer {
  const bytes = Buffer.allocUnsafe(content.size);
  content.readInto(bytes, 0);
  return bytes;
}
