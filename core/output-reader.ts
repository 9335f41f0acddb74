import type { Readable } from 'node:stream';

/** Takes the output of one task as it comes, and is told when all of it has come. */
export interface OutputTaker {
  take(bytes: Buffer): void;
  end(): void;
}

/**
 * Reads one output stream of a worker and cuts it into tasks: the worker writes `mark` after each. Keeps no bytes but those of the
 * time before the first task.
 */
export class OutputReader {
  readonly #stream: Readable;
  readonly #mark: Buffer;
  /** Tasks in the order in which the worker runs them; the first is the one whose output comes. */
  readonly #takers: OutputTaker[] = [];
  /** What was written while the flow was loaded. */
  #early: Buffer[] = [];
  /** The last bytes, which may be the beginning of a mark. */
  #tail: Buffer = Buffer.alloc(0);
  /** When something came last, in milliseconds of the process. */
  #lastTime = 0;

  constructor(stream: Readable, mark: string) {
    this.#stream = stream;
    this.#mark = Buffer.from(mark);
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /** Expects the output of one more task; resolves when its mark has come. */
  expect(taker: OutputTaker): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        taker.end();
        resolve();
      };
      this.#takers.push({ take: (bytes) => taker.take(bytes), end });
      // What came before the first task was written while the flow was loaded for it.
      for (const bytes of this.#early.splice(0)) this.#keep(bytes);
    });
  }

  /** Ends the current task without a mark, which a dead worker never writes. */
  cut(): void {
    this.#keep(this.#tail);
    this.#tail = Buffer.alloc(0);
    this.#takers.shift()?.end();
  }

  /** What was written before the first task, when the flow could not be loaded. */
  early(): string {
    return Buffer.concat([...this.#early, this.#tail]).toString();
  }

  /** Reads on only when somebody who is told of the output has caught up: until then the task has to wait. */
  async waitFor(told: Promise<void>): Promise<void> {
    this.#stream.pause();
    try {
      await told;
    } finally {
      this.#stream.resume();
    }
  }

  /** Whether nothing has come for so many milliseconds. */
  isSilent(milliseconds: number): boolean {
    return performance.now() - this.#lastTime >= milliseconds && !this.#stream.isPaused();
  }

  #take(chunk: Buffer): void {
    this.#lastTime = performance.now();
    let bytes = this.#tail.length > 0 ? Buffer.concat([this.#tail, chunk]) : chunk;
    for (let at = bytes.indexOf(this.#mark); at >= 0; at = bytes.indexOf(this.#mark)) {
      this.#keep(bytes.subarray(0, at));
      this.#takers.shift()?.end();
      bytes = bytes.subarray(at + this.#mark.length);
    }
    const held = markBeginning(bytes, this.#mark);
    this.#keep(bytes.subarray(0, bytes.length - held));
    this.#tail = Buffer.from(bytes.subarray(bytes.length - held));
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const [taker] = this.#takers;
    if (taker) taker.take(bytes);
    else this.#early.push(bytes);
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
