import type { Readable } from 'node:stream';

/** A piece of output: whole lines where the task wrote any. */
export type OutputListener = (text: string) => void;

const NEWLINE = 0x0a;

/**
 * Reads one output stream of a worker and cuts it into tasks: the worker writes `mark` after each. Bytes are kept as they
 * came; lines go to a listener as soon as they are whole.
 */
export class OutputReader {
  readonly #mark: Buffer;
  /** Bytes of the current task, and of them how many were told to the listener. */
  #chunks: Buffer[] = [];
  #line: Buffer[] = [];
  /** The last bytes, which may be the beginning of a mark. */
  #tail = Buffer.alloc(0);
  #listener: OutputListener | undefined;
  #arrival: ((bytes: number) => void) | undefined;
  #ended: ((output: Buffer) => void) | undefined;
  #complete: Buffer | undefined;

  constructor(stream: Readable, mark: string) {
    this.#mark = Buffer.from(mark);
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /** Begins a task: `listener` gets its lines, `arrival` the number of bytes that came at once. */
  begin(listener: OutputListener, arrival: (bytes: number) => void): void {
    this.#listener = listener;
    this.#arrival = arrival;
    // What came before the first task was written while the flow was loaded for it.
    const early = Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (early.length > 0) this.#keep(early);
  }

  /** Resolves with all the task wrote once its mark has come. */
  end(): Promise<Buffer> {
    const complete = this.#complete;
    this.#complete = undefined;
    if (complete) return Promise.resolve(complete);
    return new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  /** What has come so far, without waiting for a mark that a dead worker never writes. */
  cut(): Buffer {
    this.#keep(this.#tail);
    this.#tail = Buffer.alloc(0);
    return this.#finish();
  }

  #take(chunk: Buffer): void {
    let bytes = this.#tail.length > 0 ? Buffer.concat([this.#tail, chunk]) : chunk;
    for (let at = bytes.indexOf(this.#mark); at >= 0; at = bytes.indexOf(this.#mark)) {
      this.#keep(bytes.subarray(0, at));
      const output = this.#finish();
      if (this.#ended) this.#ended(output);
      else this.#complete = output;
      this.#ended = undefined;
      bytes = bytes.subarray(at + this.#mark.length);
    }
    const held = markBeginning(bytes, this.#mark);
    this.#keep(bytes.subarray(0, bytes.length - held));
    this.#tail = Buffer.from(bytes.subarray(bytes.length - held));
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#arrival?.(bytes.length);
    if (!this.#listener) return;
    const end = bytes.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#line.push(bytes);
      return;
    }
    const text = Buffer.concat([...this.#line, bytes.subarray(0, end)]).toString();
    this.#line = end + 1 < bytes.length ? [bytes.subarray(end + 1)] : [];
    this.#listener(text);
  }

  #finish(): Buffer {
    if (this.#line.length > 0) this.#listener?.(Buffer.concat(this.#line).toString());
    const output = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#line = [];
    this.#listener = undefined;
    this.#arrival = undefined;
    return output;
  }
}

/** How many bytes at the end of `bytes` could begin a mark. */
function markBeginning(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(mark.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return length;
  }
  return 0;
}
