import { writeSync } from 'node:fs';

/** Bytes that may wait for a full pipe before whoever writes more has to wait. */
const MOST_WAITING = 256 * 1024;
/** How long it is waited for a full pipe before the next try, in milliseconds. */
const PAUSE = 1;

/**
 * Makes an output stream of this process hold no more than a little: Node would keep all that a step writes in one go, and let go
 * only when the step returns. What the pipe does not take at once waits here; beyond {@link MOST_WAITING} the step waits.
 */
export function boundOutput(stream: NodeJS.WriteStream, fd: 1 | 2): BoundOutput {
  const output = new BoundOutput(fd);
  stream._write = (chunk: Buffer | string, encoding, done) => {
    output.write(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
    done();
  };
  // Several at once come one by one.
  delete stream._writev;
  Object.defineProperty(stream, '_writev', { value: null });
  process.on('exit', () => output.flush());
  return output;
}

/** Bytes on their way into a pipe. */
export class BoundOutput {
  readonly #fd: number;
  /** What waits: bytes from `#start` to `#end`. Made when first needed. */
  #memory: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Nobody reads the pipe any more. */
  #isClosed = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Writes after everything before. Bytes that have to wait are copied, for their owner may change them. */
  write(bytes: Uint8Array): void {
    let rest = this.#start === this.#end ? this.#put(bytes) : bytes;
    while (rest.length > 0) {
      if (this.#memory.length === 0) this.#memory = Buffer.allocUnsafeSlow(MOST_WAITING);
      if (this.#end === this.#memory.length) this.flush();
      const piece = rest.subarray(0, this.#memory.length - this.#end);
      this.#memory.set(piece, this.#end);
      this.#end += piece.length;
      rest = rest.subarray(piece.length);
    }
    if (this.#start < this.#end) this.#timer ??= setTimeout(() => this.#try(), PAUSE);
  }

  /** Returns when the pipe has taken everything. */
  flush(): void {
    for (this.#putWaiting(); this.#start < this.#end; this.#putWaiting()) Atomics.wait(NEVER, 0, 0, PAUSE);
  }

  #try(): void {
    this.#timer = undefined;
    this.#putWaiting();
    if (this.#start < this.#end) this.#timer = setTimeout(() => this.#try(), PAUSE);
  }

  #putWaiting(): void {
    this.#start = this.#end - this.#put(this.#memory.subarray(this.#start, this.#end)).length;
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  /** Gives the pipe what it takes now; returns what it did not. */
  #put(bytes: Uint8Array): Uint8Array {
    let rest = bytes;
    while (rest.length > 0 && !this.#isClosed) {
      try {
        rest = rest.subarray(writeSync(this.#fd, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return rest;
        this.#isClosed = true;
      }
    }
    return NOTHING;
  }
}

const NEVER = new Int32Array(new SharedArrayBuffer(4));
const NOTHING = new Uint8Array(0);
