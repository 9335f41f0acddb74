import type { Readable } from 'node:stream';
import { frameAt, type OutputFrame } from './output-frames.ts';

/** Takes the output of one task as it comes, and is told when all of it has come. */
export interface OutputTaker {
  take(bytes: Buffer): void;
  end(): void;
}

/**
 * Reads one output stream of a worker and cuts it into tasks by the frames that the worker writes between them. What no frame gives to a
 * task goes to the one that was ordered first and has not ended. Keeps no bytes but those of the time before the first task.
 */
export class OutputReader {
  readonly #stream: Readable;
  readonly #mark: Buffer;
  /** By number, in the order in which the worker runs them. */
  readonly #takers = new Map<number, OutputTaker>();
  /** The order whose output comes, when a frame has told. */
  #from: number | undefined;
  /** What was written while the flow was loaded. */
  #early: Buffer[] = [];
  /** The last bytes, which may be the beginning of a frame. */
  #tail: Buffer = Buffer.alloc(0);
  /** When something came last, in milliseconds of the process. */
  #lastTime = 0;

  constructor(stream: Readable, mark: string) {
    this.#stream = stream;
    this.#mark = Buffer.from(mark);
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /** Expects the output of one more task; resolves when all of it has come. */
  expect(order: number, taker: OutputTaker): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        taker.end();
        resolve();
      };
      this.#takers.set(order, { take: (bytes) => taker.take(bytes), end });
      // What came before the first task was written while the flow was loaded for it.
      for (const bytes of this.#early.splice(0)) this.#keep(bytes);
    });
  }

  /** Ends a task whose end a dead worker never writes. */
  cut(order: number): void {
    this.#keep(this.#tail);
    this.#tail = Buffer.alloc(0);
    this.#end(order);
  }

  /** Expects nothing of an order that was not begun. */
  forget(order: number): void {
    this.#takers.delete(order);
  }

  /** What was written before the first task, when the flow could not be loaded. */
  early(): string {
    return Buffer.concat([...this.#early, this.#tail]).toString();
  }

  /** Reads on only when somebody who is told of the output has caught up: until then the tasks have to wait. */
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
    let at = bytes.indexOf(this.#mark);
    for (; at >= 0; at = bytes.indexOf(this.#mark)) {
      const found = frameAt(bytes, at + this.#mark.length);
      if (!found) break;
      this.#keep(bytes.subarray(0, at));
      this.#obey(found.frame);
      bytes = bytes.subarray(found.end);
    }
    const end = at >= 0 ? at : bytes.length - markBeginning(bytes, this.#mark);
    this.#keep(bytes.subarray(0, end));
    this.#tail = Buffer.from(bytes.subarray(end));
  }

  #obey({ kind, order }: OutputFrame): void {
    if (kind === 'from') this.#from = order;
    else if (order !== undefined) this.#end(order);
  }

  #end(order: number): void {
    const taker = this.#takers.get(order);
    this.#takers.delete(order);
    taker?.end();
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#from !== undefined) {
      // A task that has ended has no log any more, and what it writes is nobody else's.
      this.#takers.get(this.#from)?.take(bytes);
      return;
    }
    const [taker] = this.#takers.values();
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
