import type { Readable } from 'node:stream';

/** Who is told of a task's output while it arrives. */
export interface OutputListener {
  /** Whole lines where the task wrote any, without the last newline; at the task's end, what was left. */
  onText(text: string): void;
  /** Number of bytes that came at once. */
  onBytes(bytes: number): void;
}

interface Consumer {
  readonly listener: OutputListener;
  readonly end: (output: Buffer) => void;
}

const NEWLINE = 0x0a;

/**
 * Reads one output stream of a worker and cuts it into tasks: the worker writes `mark` after each. Bytes are kept as they
 * came; lines go to a listener as soon as they are whole.
 */
export class OutputReader {
  readonly #mark: Buffer;
  /** Tasks in the order in which the worker runs them; the first is the one whose output comes. */
  readonly #consumers: Consumer[] = [];
  /** Bytes of the current task, and its last line while it is not whole. */
  #chunks: Buffer[] = [];
  #line: Buffer[] = [];
  /** The last bytes, which may be the beginning of a mark. */
  #tail = Buffer.alloc(0);

  constructor(stream: Readable, mark: string) {
    this.#mark = Buffer.from(mark);
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /** Expects the output of one more task; resolves with all of it once its mark has come. */
  expect(listener: OutputListener): Promise<Buffer> {
    // What came before the first task was written while the flow was loaded for it.
    const early = this.#consumers.length === 0 ? this.#chunks : [];
    if (early.length > 0) this.#chunks = [];
    return new Promise((end) => {
      this.#consumers.push({ listener, end });
      for (const bytes of early) this.#keep(bytes);
    });
  }

  /** Ends the current task without a mark, which a dead worker never writes. Returns what it wrote. */
  cut(): Buffer {
    this.#keep(this.#tail);
    this.#tail = Buffer.alloc(0);
    return this.#finish();
  }

  #take(chunk: Buffer): void {
    let bytes = this.#tail.length > 0 ? Buffer.concat([this.#tail, chunk]) : chunk;
    for (let at = bytes.indexOf(this.#mark); at >= 0; at = bytes.indexOf(this.#mark)) {
      this.#keep(bytes.subarray(0, at));
      this.#finish();
      bytes = bytes.subarray(at + this.#mark.length);
    }
    const held = markBeginning(bytes, this.#mark);
    this.#keep(bytes.subarray(0, bytes.length - held));
    this.#tail = Buffer.from(bytes.subarray(bytes.length - held));
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    const listener = this.#consumers[0]?.listener;
    if (!listener) return;
    listener.onBytes(bytes.length);
    const end = bytes.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#line.push(bytes);
      return;
    }
    const text = Buffer.concat([...this.#line, bytes.subarray(0, end)]).toString();
    this.#line = end + 1 < bytes.length ? [bytes.subarray(end + 1)] : [];
    listener.onText(text);
  }

  #finish(): Buffer {
    const consumer = this.#consumers.shift();
    if (this.#line.length > 0) consumer?.listener.onText(Buffer.concat(this.#line).toString());
    const output = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#line = [];
    consumer?.end(output);
    return output;
  }
}

/** How many bytes at the end of `bytes` could begin a mark. */
function markBeginning(bytes: Buffer, mark: Buffer): number {
  // A mark begins with a byte that text hardly ever holds.
  const first = bytes.lastIndexOf(mark.subarray(0, 1));
  if (first < 0 || bytes.length - first >= mark.length * 2) return 0;
  for (let length = Math.min(mark.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return length;
  }
  return 0;
}
