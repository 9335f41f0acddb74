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
      'was killed by SIGKILL before the step returned, and not by Oxbow. Most likely the machine ran out of memory: ' +
      'lower --max-workers, or process less data per task.'
    );
  if (['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT', 'SIGTRAP'].includes(signal))
    return `crashed with ${signal} before the step returned. Its logs may tell why; look at the native modules the step uses.`;
  return `was killed by ${signal} before the step returned, and not by Oxbow. Find out what sent the signal.`;
}

/** The process that ran a task had no memory left for values of JavaScript. */
export class OutOfMemoryError extends OxbowError {
  override readonly code = 'OutOfMemoryError';

  /** `limit` is how many bytes the heap of a worker may have. */
  constructor(task: string, limit: number) {
    const megabytes = Math.round(limit / 2 ** 20);
    super(
      `The process that ran ${task} ran out of memory: the heap limit is ${megabytes} MB. Process less data per task ` +
        `(split it with foreach), use typed arrays, which live outside the heap, or raise the limit: NODE_OPTIONS=--max-old-space-size=${megabytes * 2}`,
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
      `The step "${step}" called process.chdir(), which is not allowed with @step({ concurrency }): its tasks share one process. ` +
        'Use absolute paths, or pass `cwd` to the child processes you start.',
    );
    this.step = step;
  }
}
