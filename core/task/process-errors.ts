import { OxbowError } from '#store';

/** How a worker process ended. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** A worker process ended while it ran a task. `isStopped`: the engine ended it, because the run had come to its end. */
export class WorkerDiedError extends OxbowError {
  override readonly code = 'WorkerDiedError';
  readonly exitCode: number | null;
  readonly signal: string | null;

  constructor(task: string, { exitCode, signal, isStopped }: ProcessEnd & { readonly isStopped: boolean }) {
    super(
      isStopped
        ? `The run was stopped, and the process that ran ${task} was ended before the step returned.`
        : `The process that ran ${task} ${endOf({ exitCode, signal })}`,
    );
    this.exitCode = exitCode;
    this.signal = signal;
  }
}

function endOf({ exitCode, signal }: ProcessEnd): string {
  if (signal === null)
    return `exited with code ${exitCode} before the step returned. Its logs may tell why; a step must return.`;
  if (signal === 'SIGKILL')
    return (
      'was ended by SIGKILL before the step returned, and not by this run: somebody killed it, or the system had run ' +
      'out of memory. Then let fewer tasks run side by side with --max-workers, or hold less in one task.'
    );
  if (['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT', 'SIGTRAP'].includes(signal))
    return `crashed with ${signal} before the step returned. Its logs may tell why; look at the native modules the step uses.`;
  return `was ended by ${signal} before the step returned, and not by this run. Find out who sent it.`;
}

/** The process that ran a task had no memory left for values of JavaScript. */
export class OutOfMemoryError extends OxbowError {
  override readonly code = 'OutOfMemoryError';

  /** `limit` is how many bytes the heap of a worker may have. */
  constructor(task: string, limit: number) {
    const megabytes = Math.round(limit / 2 ** 20);
    super(
      `The process that ran ${task} ran out of memory: its heap may take ${megabytes} MB. Hold less in one task, by a foreach over ` +
        `parts or with typed arrays, which lie outside of the heap; or raise the limit: NODE_OPTIONS=--max-old-space-size=${megabytes * 2}`,
    );
  }
}

const EXIT = 'process.exit';

/** A step called process.exit, which ended the process that ran it. */
export class ProcessExitError extends OxbowError {
  override readonly code = 'ProcessExitError';
  readonly exitCode: string | number;

  constructor(task: string, exitCode: string | number | null | undefined) {
    const given = exitCode ?? 0;
    super(
      `The step of ${task} called ${EXIT}(${given}), which ended its process before the step returned. ` +
        'Return from the step instead, or throw an Error to fail.',
    );
    this.exitCode = given;
  }
}

/** A step that shares its process with other tasks wanted to change what all of them have. */
export class SharedProcessError extends OxbowError {
  override readonly code = 'SharedProcessError';
  readonly step: string;

  constructor(step: string) {
    super(
      `The step "${step}" called process.chdir, but it has a concurrency: its tasks share a process, and all of them would be moved. ` +
        'Give whole paths, or the option cwd to what the step starts.',
    );
    this.step = step;
  }
}
