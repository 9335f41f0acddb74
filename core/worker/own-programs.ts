import type * as ChildProcesses from 'node:child_process';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  environmentHas,
  hasWaitedForChildren,
  type ListedProcess,
  livingProcesses,
  ownStart,
  signalGroup,
  signalProcess,
} from './process-table.ts';
import {
  attemptMark,
  isMarked,
  killProcesses,
  killProcessesNow,
  MARK_VARIABLE,
  markPrograms,
  marksNow,
  programsOf,
  workerMark,
} from './programs.ts';

/** How long the programs that steps left running get to end by themselves when their worker ends, in milliseconds. */
const GRACE = 500;

/** What an attempt of this worker may have started. */
export interface AttemptPrograms {
  /** Which order it is. */
  readonly id: number;
  /** Others run beside it in this process. */
  readonly isShared: boolean;
  /** When it began, in milliseconds of this process. */
  readonly begunAt: number;
}

/** Of how many milliseconds the system counts the starts of processes. */
const TICK = 10;

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
  async endAttempt({ id, isShared, begunAt }: AttemptPrograms): Promise<boolean> {
    if (!this.#mayHaveStarted()) return false;
    const mark = attemptMark(this.#token, process.pid, id);
    const all = workerMark(this.#token, process.pid);
    const start = ownStart() ?? Number.POSITIVE_INFINITY;
    const isOfGroup = (one: ListedProcess): boolean => one.group === process.pid && !environmentHas(one, all);
    // It has cleared its environment. What an earlier task has started is not this attempt's.
    const isBare = (one: ListedProcess): boolean =>
      one.parent === process.pid && one.start >= start + Math.floor(begunAt / TICK) && !isMarked(one);
    const ended = await killProcesses(
      programsOf([mark], (one) => !isShared && (isOfGroup(one) || isBare(one))),
    );
    return ended > 0 || hasWaitedForChildren() === undefined;
  }

  /** This process ends because the scheduler's has: so does all that its tasks have started, also in sessions of its own. */
  endAllNow(): void {
    if (!this.#mayHaveStarted()) return;
    const isBare = (one: ListedProcess): boolean => one.parent === process.pid && !isMarked(one);
    killProcessesNow(programsOf([workerMark(this.#token, process.pid)], isBare));
  }

  /** The worker ends, and its tasks went well: what they left running in its process group ends too. */
  async endGroup(): Promise<void> {
    if (!this.#mayHaveStarted()) return;
    const others = (): ListedProcess[] =>
      livingProcesses().filter(({ pid, group }) => group === process.pid && pid !== process.pid);
    for (const one of others()) signalProcess(one, 'SIGTERM');
    const until = performance.now() + GRACE;
    while (others().length > 0 && performance.now() < until) await sleep(10);
    await killProcesses(others);
  }

  /** Looking through all processes costs more than a short task. */
  #mayHaveStarted(): boolean {
    return this.#hasStarted || hasWaitedForChildren() !== false;
  }

  /** Marks programs too that get an environment of their own. */
  #markAll(): void {
    const programs = createRequire(import.meta.url)('node:child_process') as typeof ChildProcesses;
    const { prototype } = programs.ChildProcess as unknown as { prototype: Spawning };
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
    // These go another way within Node.
    const sync = programs as unknown as Record<string, (...words: unknown[]) => unknown>;
    for (const name of ['spawnSync', 'execSync', 'execFileSync']) {
      const start = sync[name];
      if (!start) continue;
      sync[name] = Object.defineProperty(
        (...words: unknown[]) => {
          started();
          return start(...words.map(withMark));
        },
        'name',
        { value: name },
      );
    }
    syncBuiltinESMExports();
  }
}

/** Options for a program that gets an environment of its own, with the marks in it; anything else as it is. */
function withMark(options: unknown): unknown {
  const own = marksNow();
  if (own === undefined || typeof options !== 'object' || options === null || !('env' in options))
    return options;
  const { env } = options;
  if (typeof env !== 'object' || env === null || MARK_VARIABLE in env) return options;
  return { ...options, env: { ...env, [MARK_VARIABLE]: own } };
}

/** What Node's ChildProcess has and its types do not tell of. */
interface Spawning {
  spawn(this: unknown, options: { envPairs?: string[] }): unknown;
}

/** Ends this process with all that its tasks have started, once what listens for the end of the process has been told. */
export function killAllAtExit(programs: OwnPrograms | undefined): void {
  process.on('exit', () => {
    programs?.endAllNow();
    signalGroup(process.pid, 'SIGKILL');
  });
}
