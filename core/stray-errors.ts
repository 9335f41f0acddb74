import type { ExceptionRecord } from '#store';
import { type CurrentTask, taskAtHand } from './current.ts';
import { exceptionOf, traceText } from './exceptions.ts';
import type { Interruption } from './interruption.ts';
import { ProcessExitError } from './process-errors.ts';

/** The attempt this process is busy with. */
interface AtHand {
  readonly task: CurrentTask;
  readonly interruption: Interruption;
}

let atHand: AtHand | undefined;

/** Says which attempt the process is busy with from now on, or with undefined, that it is idle. */
export function attend(attempt: AtHand | undefined): void {
  atHand = attempt;
}

/** Ends this process without a word about it. */
export const exitNow: (code: number) => never = process.exit.bind(process);

/**
 * Sees to errors that no step's promise brings: uncaught exceptions, unhandled rejections and calls of process.exit. They belong to the
 * task in whose context they come up: one of the task at hand fails it; one of an earlier task, which was judged long ago, is told on
 * stderr. A flow that has handlers of its own for them is left to these. `lastWords` tells why the process ends.
 */
export function watchStrayErrors(lastWords: (exception: ExceptionRecord) => void): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    const handle = (error: unknown): void => {
      if (process.listenerCount(event) === 1) takeStray(error);
    };
    process.on(event, handle);
  }
  process.exit = (code) => {
    const task = taskAtHand();
    if (atHand)
      lastWords(exceptionOf(new ProcessExitError(nameOf(task ?? atHand.task), code ?? process.exitCode)));
    return exitNow(code as number);
  };
}

function takeStray(error: unknown): void {
  const task = taskAtHand();
  if (atHand && (task === undefined || task === atHand.task)) {
    atHand.interruption.interrupt(error);
    return;
  }
  const text = traceText(exceptionOf(error));
  if (task) {
    process.stderr.write(
      `The task ${nameOf(task)} had ended when an error of it came up that nobody caught: ${text}\n`,
    );
    return;
  }
  process.stderr.write(`${text}\n`);
  exitNow(1);
}

const nameOf = ({ stepName, taskId }: CurrentTask): string => `${stepName}/${taskId}`;
