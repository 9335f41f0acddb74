import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { LoadFlowError, WorkerDiedError } from './errors.ts';
import { OutputReader } from './output-reader.ts';
import { ownModule } from './own-module.ts';
import type { FromWorker, LoadMessage, TaskOrder, TaskResult, ToWorker } from './worker-protocol.ts';

/** Called with each piece of a task's output as it arrives. */
export type TaskOutputListener = (stream: 'stdout' | 'stderr', text: string) => void;

/** What a worker gives back for a task: the result, or how it died, and all output. */
export interface TaskReturn {
  readonly result?: TaskResult;
  /** Set when the worker ended before it gave a result. */
  readonly death?: WorkerDiedError;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** When output arrived: [time in ms since 1970, 0 stdout | 1 stderr, bytes]. */
  readonly arrivals: readonly (readonly [number, 0 | 1, number])[];
}

/** One worker process. It runs one task at a time; when it dies, its task fails and it is of no more use. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<{ readonly exitCode: number | null; readonly signal: string | null }>;
  #output: { readonly stdout: OutputReader; readonly stderr: OutputReader } | undefined;
  #answer: ((message: FromWorker | undefined) => void) | undefined;
  #loaded: Promise<void> | undefined;
  #dead = false;

  constructor() {
    this.#child = fork(fileURLToPath(ownModule('core/worker')), [], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.#child.on('message', (message: FromWorker) => this.#take(message));
    this.#child.on('error', () => this.#take(undefined));
    this.#exited = new Promise((resolve) => {
      this.#child.on('close', (exitCode, signal) => {
        this.#dead = true;
        resolve({ exitCode, signal });
        this.#take(undefined);
      });
    });
  }

  /** Process id; 0 when the process could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** True once the process has ended. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Has the worker load the flow; resolves when it is ready. Rejects with LoadFlowError. Later calls give the same promise. */
  load(message: LoadMessage): Promise<void> {
    this.#loaded ??= this.#load(message);
    return this.#loaded;
  }

  async #load(message: LoadMessage): Promise<void> {
    const { stdout, stderr } = this.#child;
    const { endMark, bundle } = message;
    this.#output = {
      stdout: new OutputReader(stdout as Readable, endMark),
      stderr: new OutputReader(stderr as Readable, endMark),
    };
    const answer = await this.#ask(message);
    if (answer?.type === 'ready') return;
    const output = this.#output.stderr.cut().toString().trim();
    const reason =
      answer?.type === 'load-failed' ? answer.exception.message : `ended its worker process. ${output}`;
    throw new LoadFlowError(bundle.entry, reason);
  }

  /** Runs a task. Never rejects. */
  async run(order: TaskOrder, listener: TaskOutputListener): Promise<TaskReturn> {
    const output = this.#output;
    if (!output) throw new Error('A worker got a task before it loaded the flow.');
    const arrivals: [number, 0 | 1, number][] = [];
    const note = (stream: 0 | 1) => (bytes: number) => noteArrival(arrivals, stream, bytes);
    output.stdout.begin((text) => listener('stdout', text), note(0));
    output.stderr.begin((text) => listener('stderr', text), note(1));
    const result = await this.#ask(order);
    if (result?.type === 'result') {
      const [stdout, stderr] = await Promise.all([output.stdout.end(), output.stderr.end()]);
      return { result, stdout, stderr, arrivals };
    }
    const death = new WorkerDiedError(`${order.step}/${order.task}`, await this.#exited);
    return { death, stdout: output.stdout.cut(), stderr: output.stderr.cut(), arrivals };
  }

  /** Ends the process at once: the task it runs returns as dead. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Asks the worker to end, or with `force` kills it. This process no longer waits for it. */
  end({ force = false } = {}): void {
    if (this.#dead) return;
    if (force) this.#child.kill('SIGKILL');
    else this.#send({ type: 'end' });
    this.#child.unref();
    this.#child.channel?.unref();
    for (const stream of [this.#child.stdout, this.#child.stderr]) (stream as Socket | null)?.unref();
  }

  #ask(message: ToWorker): Promise<FromWorker | undefined> {
    if (this.#dead) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#send(message);
    });
  }

  #send(message: ToWorker): void {
    // An error here means that the process is gone; "close" tells whoever waits.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #take(message: FromWorker | undefined): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(message);
  }
}

/** Output that comes within one millisecond on one stream is one arrival. */
function noteArrival(arrivals: [number, 0 | 1, number][], stream: 0 | 1, bytes: number): void {
  const now = Date.now();
  const last = arrivals.at(-1);
  if (last && last[0] === now && last[1] === stream) last[2] += bytes;
  else arrivals.push([now, stream, bytes]);
}
