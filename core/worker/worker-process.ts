import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { ExceptionRecord } from '#store';
import { timeStamp } from '#store';
import { LoadFlowError } from '../errors.ts';
import { Secrets } from '../flow/secrets.ts';
import type { ProcessEnd } from '../task/process-errors.ts';
import type {
  FromWorker,
  ImportMessage,
  LoadMessage,
  TaskDraft,
  TaskOrder,
  ToWorker,
} from '../task/worker-protocol.ts';
import { endOf } from './fork-worker.ts';
import { OutputReader } from './output-reader.ts';
import { OutputTail, outputTaker } from './output-taker.ts';
import { type Answer, type Fall, PendingOrders } from './pending-orders.ts';
import { signalGroup } from './process-table.ts';
import { attemptMark, killMarked } from './programs.ts';
import type { TaskListener, TaskReturn } from './task-listener.ts';
import { causeOfDeath } from './worker-death.ts';
import { PROGRAMS_TOKEN, workerGuard } from './worker-guard.ts';

/** What a worker has to have room for. */
export interface Room {
  readonly step: string;
  /** How many tasks of the step may share a process. */
  readonly places: number;
  /** How many orders it may have that it works off one after the other. */
  readonly ahead: number;
}

/**
 * One worker process. It runs its orders one after the other, those of a step that shares its processes side by side; when it dies, the
 * task at hand fails and it is of no more use.
 */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<ProcessEnd>;
  readonly #pending = new PendingOrders();
  /** What its output must not show. */
  #secrets = new Secrets([]);
  #lastId = 0;
  /** The step whose tasks share the process. */
  #shared: string | undefined;
  #unsent: TaskOrder[] = [];
  /** Told where a debugger finds the process. */
  onInspecting: (url: string) => void = () => {};
  #output: { readonly stdout: OutputReader; readonly stderr: OutputReader } | undefined;
  #loading: ((message: FromWorker | undefined) => void) | undefined;
  #loaded: Promise<void> | undefined;
  #dead = false;
  /** It gets no more orders: code of a task that has ended may go on in it. */
  #isSpoilt = false;
  /** Attempts that have answered, but whose code may go on. */
  readonly #spoilt: number[] = [];
  #stopped = false;
  /** Why it ends, by its own word or the engine's, and by the code of which order where that is known. */
  #reason: { readonly exception: ExceptionRecord; readonly id?: number } | undefined;

  /** Takes charge of a worker that was forked: by `forkWorker`, or with the same options by tui/flow.ts. */
  constructor(child: ChildProcess) {
    this.#child = child;
    workerGuard.watch(this.pid);
    // Whatever it has started ends with it.
    this.#child.once('exit', () => signalGroup(this.pid, 'SIGKILL'));
    this.#child.on('message', (message: FromWorker) => this.#take(message));
    this.#child.on('error', () => this.#gone());
    // What loads the flow in this process may never settle: an idle worker must not hide it.
    this.#keepAlive(false);
    this.#exited = this.#end();
    void this.#exited.then(() => this.#gone());
  }

  /** Resolves once the process has ended, and all that its unfinished attempts have started. */
  async #end(): Promise<ProcessEnd> {
    const end = await endOf(this.#child, (milliseconds) =>
      STREAMS.every((stream) => this.#output?.[stream].isSilent(milliseconds) !== false),
    );
    const unfinished = [...this.#pending.begunIds, ...this.#spoilt];
    await killMarked(unfinished.map((id) => attemptMark(PROGRAMS_TOKEN, this.pid, id)));
    workerGuard.release(this.pid);
    return end;
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** True once the process has ended. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Number of orders it has not answered yet. */
  get load(): number {
    return this.#pending.size;
  }

  /** The step whose tasks share it now. */
  get sharedBy(): string | undefined {
    return this.load > 0 ? this.#shared : undefined;
  }

  /** Whether it can take one more order. */
  hasRoom({ step, places, ahead }: Room): boolean {
    if (this.#dead || this.#isSpoilt) return false;
    if (this.load === 0) return true;
    if (this.#shared !== undefined || places > 1) return this.#shared === step && this.load < places;
    return this.load < ahead;
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
    this.#keepAlive(true);
    return this.#loaded;
  }

  async #load(message: LoadMessage): Promise<void> {
    const { stdout, stderr } = this.#child;
    const { endMark, bundle } = message;
    this.#secrets = new Secrets(message.secrets.map(([, value]) => value));
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
    throw new LoadFlowError(
      bundle.entry,
      answer?.type === 'load-failed' ? answer.exception.message : await this.#endWhileLoading(),
    );
  }

  async #endWhileLoading(): Promise<string> {
    const { exitCode, signal } = await this.#exited;
    const how = signal ?? `exit code ${exitCode}`;
    const output = this.#output?.stderr.early().trim();
    const words =
      output || 'If it does not do so itself, processes, threads or memory may be scarce (ulimit -u).';
    return `ended its worker process (${how}). ${words}`;
  }

  /**
   * Runs a task after those ordered before it. Never rejects. Resolves with undefined when the task was not begun, because the
   * worker died over an earlier one or was told to drop what it had not begun.
   */
  async run(draft: TaskDraft, listener: TaskListener): Promise<TaskReturn | undefined> {
    const output = this.#output;
    if (!output) throw new Error('A worker got a task before it loaded the flow.');
    this.#lastId += 1;
    const order: TaskOrder = { ...draft, id: this.#lastId };
    const { id } = order;
    const tail = new OutputTail();
    // Output may overtake the word that the task has begun.
    const told = { listener, begin: () => this.#pending.begin(id), tail, secrets: this.#secrets };
    const outputs = Promise.all(
      STREAMS.map((stream) => output[stream].expect(id, outputTaker(stream, output[stream], told))),
    );
    const answer = await new Promise<Answer>((resolve) => {
      if (this.#dead || this.#isSpoilt) return resolve('dropped');
      this.#shared = order.isShared ? order.step : undefined;
      this.#pending.add({ id, listener, answer: resolve });
      this.#post(order);
    });
    const finishedAt = timeStamp();
    listener.onEnd();
    if (answer !== 'dropped' && 'type' in answer) {
      await outputs;
      // A retry must not meet what the attempt has left running. Where others share the process it goes on with them.
      if (answer.isSpoilt && this.#dead) await this.#exited;
      return { result: answer, finishedAt };
    }
    const fall = answer === 'dropped' ? undefined : await this.#fallOf(order, answer, tail);
    for (const stream of STREAMS) output[stream][fall ? 'cut' : 'forget'](id);
    return fall;
  }

  /** What the end of the process means for one of the orders it had begun. */
  async #fallOf({ id, step, task }: TaskOrder, { among }: Fall, tail: OutputTail): Promise<TaskReturn> {
    const how = await this.#exited;
    const { exception, id: guilty } = this.#reason ?? {};
    const isGuilty = guilty === undefined ? among === 1 : guilty === id;
    const isStopped = this.#stopped || !isGuilty;
    const name = `${step}/${task}`;
    const death = causeOfDeath({ task: name, how, isStopped, reason: exception, stderr: tail.text });
    const again = guilty === undefined ? 'alone' : 'beside others';
    return {
      death: this.#secrets.maskedRecord(death),
      finishedAt: timeStamp(),
      isStopped,
      ...(this.#stopped || isGuilty ? {} : { again }),
    };
  }

  /** Asks the worker to give up the orders it has not begun. */
  drop(): void {
    if (this.#pending.size > this.#pending.begun) this.#send({ type: 'drop' });
  }

  /** Ends the process at once: the tasks it runs return as dead, for a reason or because the run is stopped. */
  kill(reason?: ExceptionRecord): void {
    // Of several tasks any may be the one that blocks the process.
    if (reason) this.#reason ??= { exception: reason };
    else this.#stopped = true;
    this.#kill();
  }

  /** Asks the worker to end, or with `force` kills it. This process no longer waits for it. */
  end({ force = false } = {}): void {
    if (this.#dead) return;
    if (force) this.#kill();
    else {
      // From here on it sees to what it has started itself.
      workerGuard.release(this.pid);
      this.#send({ type: 'end' });
    }
    this.#keepAlive(false);
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
        this.#pending.begin(message.id);
        break;
      case 'inspecting':
        this.onInspecting(message.url);
        break;
      case 'returned':
        this.#pending.returned(message.id);
        break;
      case 'last-words':
        this.#reason ??= message;
        break;
      case 'result':
        this.#pending.answer(message.id, message);
        if (message.isSpoilt) {
          this.#isSpoilt = true;
          this.#spoilt.push(message.id);
        } else if (message.next !== undefined) this.#pending.begin(message.next);
        if (this.#isSpoilt) this.#retire();
        break;
      case 'dropped':
        this.#pending.drop(message.orders);
        break;
      default:
        this.#loading?.(message);
    }
  }

  /** Ends a worker that is of no more use, though it lives, once what it has begun has ended. */
  #retire(): void {
    this.#pending.drop();
    if (this.#pending.size > 0) return;
    this.#gone();
    this.#kill();
  }

  /** Whether this process stays for the worker. */
  #keepAlive(isNeeded: boolean): void {
    const { channel, stdout, stderr } = this.#child;
    const change = isNeeded ? 'ref' : 'unref';
    this.#child[change]();
    // Other runtimes than Node have not all of these.
    channel?.[change]?.();
    for (const stream of [stdout, stderr]) (stream as Socket | null)?.[change]?.();
  }

  /** Kills the process with its group. */
  #kill(): void {
    if (!signalGroup(this.pid, 'SIGKILL')) this.#child.kill('SIGKILL');
  }

  /** The process has ended: the tasks at hand died with it, the others were not begun. */
  #gone(): void {
    this.#dead = true;
    this.#loading?.(undefined);
    this.#pending.fall();
  }
}

const STREAMS = ['stdout', 'stderr'] as const;
