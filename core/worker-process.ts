import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ExceptionRecord } from '#store';
import { LoadFlowError } from './errors.ts';
import { OutputReader } from './output-reader.ts';
import { OutputTail, outputTaker } from './output-taker.ts';
import { isCompiled, ownModule } from './own-module.ts';
import type { ProcessEnd } from './process-errors.ts';
import type { TaskListener, TaskReturn } from './task-listener.ts';
import { workerArguments } from './worker-arguments.ts';
import { causeOfDeath } from './worker-death.ts';
import type {
  FromWorker,
  ImportMessage,
  LoadMessage,
  TaskOrder,
  TaskResult,
  ToWorker,
} from './worker-protocol.ts';

interface Pending {
  readonly listener: TaskListener;
  /** The worker has begun it: its death is that of the task. */
  hasBegun: boolean;
  /** The worker's answer; `dropped` when it never began the task, nothing when it ended in the middle. */
  readonly answer: (message: TaskResult | 'dropped' | undefined) => void;
}

/** How long it is waited for more of what a dead worker wrote, in milliseconds. */
const LAST_WORDS = 500;

/** One worker process. It runs its orders one after the other; when it dies, the task at hand fails and it is of no more use. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<ProcessEnd>;
  readonly #pending: Pending[] = [];
  #unsent: TaskOrder[] = [];
  /** Told where a debugger finds the process. */
  onInspecting: (url: string) => void = () => {};
  #output: { readonly stdout: OutputReader; readonly stderr: OutputReader } | undefined;
  #loading: ((message: FromWorker | undefined) => void) | undefined;
  #loaded: Promise<void> | undefined;
  #dead = false;
  #stopped = false;
  /** Why it ends, by its own word or the engine's. */
  #reason: ExceptionRecord | undefined;

  /** Forks a worker, or takes one over that was forked with these options: see tui/flow.ts. */
  constructor(child?: ChildProcess) {
    this.#child =
      child ??
      fork(fileURLToPath(ownModule('core/worker')), [], {
        execArgv: workerArguments(process.execArgv, !isCompiled),
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        serialization: 'advanced',
      });
    this.#child.on('message', (message: FromWorker) => this.#take(message));
    this.#child.on('error', () => this.#gone());
    this.#exited = new Promise((resolve) => {
      const gone = (exitCode: number | null, signal: string | null): void => {
        resolve({ exitCode, signal });
        this.#gone();
      };
      const [closed, disconnected] = ['close', 'disconnect'].map(
        (event) => new Promise((end) => this.#child.once(event, end)),
      );
      // Its last messages may arrive after its last output.
      void Promise.all([closed, disconnected]).then(() => gone(this.#child.exitCode, this.#child.signalCode));
      // A process that the step has started may hold the pipes open for ever.
      const whenSilent = (...how: Parameters<typeof gone>): void => {
        const { stdout, stderr } = this.#output ?? {};
        if (stdout?.isSilent(LAST_WORDS) === false || stderr?.isSilent(LAST_WORDS) === false)
          setTimeout(whenSilent, LAST_WORDS, ...how).unref();
        else gone(...how);
      };
      this.#child.on('exit', (...how) => setTimeout(whenSilent, LAST_WORDS, ...how).unref());
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

  /** Number of orders it has not answered yet. */
  get load(): number {
    return this.#pending.length;
  }

  /** True while orders given just now have not been sent: more may travel with them. */
  get filling(): boolean {
    return this.#unsent.length > 0;
  }

  /** Has the worker import the flow already; nothing is answered. */
  prepare(message: ImportMessage): void {
    this.#send(message);
  }

  /** Has the worker load the flow; resolves when it is ready. Rejects with LoadFlowError. */
  ready(message: LoadMessage): Promise<void> {
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
    const answer = await new Promise<FromWorker | undefined>((resolve) => {
      this.#loading = resolve;
      if (this.#dead) resolve(undefined);
      else this.#send(message);
    });
    if (answer?.type === 'ready') return;
    const output = this.#output.stderr.early().trim();
    const reason =
      answer?.type === 'load-failed' ? answer.exception.message : `ended its worker process. ${output}`;
    throw new LoadFlowError(bundle.entry, reason);
  }

  /**
   * Runs a task after those ordered before it. Never rejects. Resolves with undefined when the task was not begun, because the
   * worker died over an earlier one or was told to drop what it had not begun.
   */
  async run(order: TaskOrder, listener: TaskListener): Promise<TaskReturn | undefined> {
    const output = this.#output;
    if (!output) throw new Error('A worker got a task before it loaded the flow.');
    const tail = new OutputTail();
    // Output may overtake the word that the task has begun.
    const begin = (): void => {
      if (this.#pending[0]?.listener === listener) this.#begin();
    };
    const told = { listener, begin, tail };
    const outputs = Promise.all(
      STREAMS.map((stream) => output[stream].expect(outputTaker(stream, output[stream], told))),
    );
    const result = await new Promise<TaskResult | 'dropped' | undefined>((answer) => {
      if (this.#dead) {
        answer('dropped');
        return;
      }
      this.#pending.push({ listener, answer, hasBegun: false });
      this.#post(order);
    });
    listener.onEnd();
    if (result === 'dropped') return undefined;
    if (result !== undefined) {
      await outputs;
      return { result };
    }
    const how = await this.#exited;
    for (const stream of STREAMS) output[stream].cut();
    const task = `${order.step}/${order.task}`;
    const isStopped = this.#stopped;
    const death = causeOfDeath({ task, how, isStopped, reason: this.#reason, stderr: tail.text });
    return { death, isStopped };
  }

  /** Asks the worker to give up the orders it has not begun. */
  drop(): void {
    if (this.#pending.length > 1) this.#send({ type: 'drop' });
  }

  /** Ends the process at once: the task it runs returns as dead, for a reason or because the run is stopped. */
  kill(reason?: ExceptionRecord): void {
    if (reason) this.#reason ??= reason;
    else this.#stopped = true;
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

  /** Orders given in one go travel in one message. */
  #post(order: TaskOrder): void {
    if (this.#unsent.length === 0) {
      setImmediate(() => {
        const orders = this.#unsent;
        this.#unsent = [];
        this.#send({ type: 'orders', orders });
      });
    }
    this.#unsent.push(order);
  }

  #send(message: ToWorker): void {
    // An error here means that the process is gone; "close" tells whoever waits.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'begun':
        this.#begin();
        break;
      case 'inspecting':
        this.onInspecting(message.url);
        break;
      case 'returned':
        this.#pending[0]?.listener.onReturned();
        break;
      case 'last-words':
        this.#reason ??= message.exception;
        break;
      case 'result':
        this.#pending.shift()?.answer(message);
        if (message.isSpoilt) this.#retire();
        else this.#begin();
        break;
      case 'dropped':
        // The worker answers for those it had not begun, which are the last ones.
        for (const { answer } of this.#pending.splice(-message.orders)) answer('dropped');
        break;
      default:
        this.#loading?.(message);
    }
  }

  /** The worker turns to the first of its orders. */
  #begin(): void {
    const [first] = this.#pending;
    if (!first || first.hasBegun) return;
    first.hasBegun = true;
    first.listener.onStart();
  }

  /** Ends a worker that is of no more use, though it lives; it has begun none of its orders. */
  #retire(): void {
    this.#gone();
    this.#child.kill('SIGKILL');
  }

  /** The process has ended: the task at hand died with it, the others were not begun. */
  #gone(): void {
    this.#dead = true;
    this.#loading?.(undefined);
    for (const { answer, hasBegun } of this.#pending.splice(0)) answer(hasBegun ? undefined : 'dropped');
  }
}

const STREAMS = ['stdout', 'stderr'] as const;
