import type { LogStream } from '#store';
import type { Secrets } from '../flow/secrets.ts';
import { OutputLines } from './output-lines.ts';
import type { OutputReader, OutputTaker } from './output-reader.ts';
import type { TaskListener } from './task-listener.ts';

/** How much of the end of an output is kept at hand, in bytes: V8 writes its last message, two traces and nothing after them. */
const TAIL = 16 * 1024;

/** The end of what a task wrote to a stream. */
export class OutputTail {
  #bytes: Buffer = Buffer.alloc(0);

  /** Takes what comes next. */
  take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]).subarray(-TAIL);
  }

  /** It as text, a character a byte. */
  get text(): string {
    return this.#bytes.toString('latin1');
  }
}

/** Who is told of a task's output. */
export interface OutputAudience {
  readonly listener: TaskListener;
  /** Called before it is told of anything. */
  readonly begin: () => void;
  /** Takes what is written to stderr. */
  readonly tail: OutputTail;
  /** What is masked before anything is kept or told. */
  readonly secrets: Secrets;
}

/** Keeps what comes on a stream and tells of its lines, no faster than whoever is told can take it. */
export function outputTaker(
  stream: LogStream,
  reader: OutputReader,
  { listener, begin, tail, secrets }: OutputAudience,
): OutputTaker {
  const { log, onText, onOpenLine } = listener;
  const mind = (told: void | Promise<void>): void => {
    if (told) void reader.waitFor(told);
  };
  const lines = new OutputLines({
    onText: (text, goesOn) => mind(onText(stream, text, goesOn)),
    onOpenLine: (text) => mind(onOpenLine(stream, text)),
  });
  const mask = secrets.stream();
  const keep = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    if (stream === 'stderr') tail.take(bytes);
    log.take(stream, bytes);
    lines.take(bytes);
  };
  return {
    take(bytes) {
      begin();
      keep(mask.take(bytes));
    },
    end() {
      keep(mask.end());
      lines.end();
    },
  };
}
