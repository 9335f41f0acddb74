import { writeSync } from 'node:fs';
import { type CurrentTask, taskAtHand } from '../flow/current.ts';
import type { TaskOrder } from '../task/worker-protocol.ts';
import { frameText } from './output-frames.ts';

/** Bytes that may wait for a full pipe before whoever writes more has to wait. */
const MOST_WAITING = 256 * 1024;
/** How long it is waited for a full pipe before the next try, in milliseconds. */
const PAUSE = 1;

/** What the tasks of this process write: stdout and stderr, with frames that tell which task some output is of. */
export class WorkerOutputs {
  /** Random text that begins a frame. */
  mark = '';
  readonly #outputs = [
    boundOutput(process.stdout, { fd: 1, frames: () => this.#frames() }),
    boundOutput(process.stderr, { fd: 2, frames: () => this.#frames() }),
  ];
  readonly #orders = new WeakMap<CurrentTask, number>();
  /** What stands around the output of tasks that run beside others. */
  readonly #framesOf = new WeakMap<CurrentTask, Frames>();

  /** The order of a task of this process, which may have ended. */
  orderOf(task: CurrentTask): number | undefined {
    return this.#orders.get(task);
  }

  /** A task begins. */
  begin(task: CurrentTask, { id, isShared }: TaskOrder): void {
    this.#orders.set(task, id);
    if (!isShared) return;
    const from = (order?: number): Buffer => Buffer.from(frameText(this.mark, { kind: 'from', order }));
    this.#framesOf.set(task, [from(id), from()]);
  }

  /** No output of the task follows, which the scheduler is told; resolves when all of it is on its way. */
  async end({ id }: TaskOrder): Promise<void> {
    await Promise.all([process.stdout, process.stderr].map(flush));
    for (const output of this.#outputs) {
      output.write(Buffer.from(frameText(this.mark, { kind: 'end', order: id })));
      output.flush();
    }
  }

  #frames(): Frames | undefined {
    const task = taskAtHand();
    return task && this.#framesOf.get(task);
  }
}

/** What is to stand before and after some output. */
type Frames = readonly [before: Buffer, after: Buffer];

/** Waits until a stream has handed on what was written, as it does at once unless the step has corked it. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || !stream.writable) return Promise.resolve();
  return new Promise((resolve) => stream.write('', () => resolve()));
}

/**
 * Makes an output stream of this process hold no more than a little: Node would keep all that a step writes in one go, and let go
 * only when the step returns. What the pipe does not take at once waits here; beyond {@link MOST_WAITING} the step waits.
 */
function boundOutput(stream: NodeJS.WriteStream, { fd, frames }: BoundOptions): BoundOutput {
  const output = new BoundOutput(fd);
  stream._write = (chunk: Buffer | string, encoding, done) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    writeFramed(output, bytes, frames());
    done();
  };
  // What several tasks write while one has corked the stream could not be told apart.
  const cork = stream.cork.bind(stream);
  stream.cork = () => {
    if (!frames()) cork();
  };
  // Several at once come one by one.
  delete stream._writev;
  Object.defineProperty(stream, '_writev', { value: null });
  process.on('exit', () => output.flush());
  return output;
}

interface BoundOptions {
  readonly fd: 1 | 2;
  /** What is to stand before and after what the code that runs now writes. */
  readonly frames: () => Frames | undefined;
}

/** Larger ones are not copied for the sake of one write less. */
const COPIED = 64 * 1024;

function writeFramed(output: BoundOutput, bytes: Buffer, frames: Frames | undefined): void {
  if (!frames) output.write(bytes);
  else {
    const [before, after] = frames;
    // In one go, so that no other process that has the pipe comes between them.
    if (bytes.length <= COPIED) output.write(Buffer.concat([before, bytes, after]));
    else for (const part of [before, bytes, after]) output.write(part);
  }
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
