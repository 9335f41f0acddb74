import { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  environmentHas,
  hasWaitedForChildren,
  type ListedProcess,
  livingProcesses,
  signalGroup,
  signalProcess,
} from './process-table.ts';
import { attemptMark, killProcesses, MARK_VARIABLE, markPrograms, marksNow, workerMark } from './programs.ts';

/** How long the programs that steps left running get to end by themselves when their worker ends, in milliseconds. */
const GRACE = 500;

/** What an attempt of this worker may have started. */
export interface AttemptPrograms {
  /** Which order it is. */
  readonly id: number;
  /** Others run beside it in this process. */
  readonly isShared: boolean;
}

/**
 * The programs that the tasks of this worker process start. They carry a mark in their environment, and are in the process group that the
 * worker leads unless they leave it.
 */
export class OwnPrograms {
  readonly #token: string;
  /** Marks of the attempt around this whole run, when it runs within a step. */
  readonly #outer = marksNow() ?? '';
  #hasStarted = false;

  constructor(token: string) {
    this.#token = token;
    markPrograms(this.variableOf(0));
    this.#markAll();
  }

  /** The value of the environment variable for an attempt. */
  variableOf(order: number): string {
    return `${this.#outer}${attemptMark(this.#token, process.pid, order)}`;
  }

  /**
   * An attempt has failed: kills what it started and has not ended. True when there was something, or may be: code that holds on to it, as
   * a module does to a helper process, is of no more use.
   */
  async endAttempt({ id, isShared }: AttemptPrograms): Promise<boolean> {
    if (!this.#mayHaveStarted()) return false;
    const mark = attemptMark(this.#token, process.pid, id);
    const all = workerMark(this.#token, process.pid);
    const isOfGroup = (one: ListedProcess): boolean =>
      !isShared && one.group === process.pid && !environmentHas(one, all);
    const ended = await killProcesses(
      (one) => one.pid !== process.pid && (environmentHas(one, mark) || isOfGroup(one)),
    );
    return ended > 0 || hasWaitedForChildren() === undefined;
  }

  /** The worker ends, and its tasks went well: what they left running in its process group ends too. */
  async endGroup(): Promise<void> {
    if (!this.#mayHaveStarted()) return;
    const others = (): ListedProcess[] =>
      livingProcesses().filter(({ pid, group }) => group === process.pid && pid !== process.pid);
    for (const one of others()) signalProcess(one, 'SIGTERM');
    const until = performance.now() + GRACE;
    while (others().length > 0 && performance.now() < until) await sleep(10);
    await killProcesses(({ pid, group }) => group === process.pid && pid !== process.pid);
  }

  /** Looking through all processes costs more than a short task. */
  #mayHaveStarted(): boolean {
    return this.#hasStarted || hasWaitedForChildren() !== false;
  }

  /** Marks programs too that get an environment of their own. */
  #markAll(): void {
    const { prototype } = ChildProcess as unknown as { prototype: Spawning };
    const { spawn } = prototype;
    const started = (): void => {
      this.#hasStarted = true;
    };
    prototype.spawn = function (this: unknown, options) {
      started();
      const { envPairs } = options;
      const own = marksNow();
      const prefix = `${MARK_VARIABLE}=`;
      if (own !== undefined && Array.isArray(envPairs) && !envPairs.some((pair) => pair.startsWith(prefix)))
        envPairs.push(`${prefix}${own}`);
      return spawn.call(this, options);
    };
  }
}

/** What Node's ChildProcess has and its types do not tell of. */
interface Spawning {
  spawn(this: unknown, options: { envPairs?: string[] }): unknown;
}

/** Ends this process and its whole group, once what listens for the end of the process has been told. */
export function killOwnGroupAtExit(): void {
  process.on('exit', () => signalGroup(process.pid, 'SIGKILL'));
}
