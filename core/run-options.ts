import type { RunEvent } from './events.ts';

/** What a resumed run goes on from. */
export interface ResumeOptions {
  /** The run, as `Flow/id`. */
  readonly origin: string;
  /** Execute this step again, and all that follow it, also where the origin has finished them. */
  readonly step?: string | undefined;
  /** Take over what has finished, and execute nothing. */
  readonly cloneOnly?: boolean | undefined;
}

/** Where a debugger finds the process of a task. */
export interface InspectOptions {
  readonly host: string;
  readonly port: number;
  /** The step begins when a debugger has come, which stops at its first line. */
  readonly wait: boolean;
}

/** A recorded task that is executed once more, alone, with what it had as inputs. */
export interface SpinOptions {
  /** The task, as `Flow/run/step/task`. */
  readonly task: string;
  readonly inspect?: InspectOptions | undefined;
}

/** Options of a run; all optional. */
export interface RunOptions {
  /** User tags for the run. */
  readonly tags?: readonly string[];
  /** Most worker processes at a time; the number of cores, at least 4, when absent. */
  readonly maxWorkers?: number;
  /** Widest foreach allowed; 100,000 when absent. */
  readonly maxNumSplits?: number;
  /** Folder of the store; the nearest `.flow` upward when absent. */
  readonly store?: string;
  /** Values of the flow's configs by name; a text is read as the config's file would be. */
  readonly configs?: Readonly<Record<string, unknown>>;
  /** Files of the flow's configs by name, from the working folder. */
  readonly configFiles?: Readonly<Record<string, string>>;
  /** Take over finished tasks of an earlier run instead of executing them. */
  readonly resume?: ResumeOptions;
  /**
   * Execute one recorded task and nothing else, in a spin: a run that no list has and that is deleted after a while. Parameters keep
   * their values unless they are given anew. `@retry` and `@catchError` do not count.
   */
  readonly spin?: SpinOptions;
  /** Take over tasks of recent runs whose code and inputs are the same. */
  readonly reuse?: boolean;
  /**
   * Most bytes kept of each output stream of a task, at least 1,000; all when absent. Of a longer log the first half and the last are kept,
   * and between them a line that tells how much was left out.
   */
  readonly maxLogSize?: number;
  /**
   * Told of everything that happens. When it gives a promise for output of a task, that task's output is read on only after the
   * promise has resolved; so a task writes no faster than it can be told.
   */
  readonly onEvent?: (event: RunEvent) => void | Promise<void>;
  /** Aborting stops the run gracefully: nothing new starts, what runs gets a grace time. */
  readonly signal?: AbortSignal;
  /** Aborting kills what runs at once. */
  readonly killSignal?: AbortSignal;
}
