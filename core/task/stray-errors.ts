import type { ExceptionRecord } from '#store';
import { exceptionOf, traceText } from '../exceptions.ts';
import { type CurrentTask, taskAtHand, withoutTask } from '../flow/current.ts';
import type { Interruption } from '../interruption.ts';
import { ProcessExitError } from './process-errors.ts';
import { isRunning, taskAtWork } from './running-tasks.ts';

const interruptions = new WeakMap<CurrentTask, Interruption>();

/** Says what interrupts an attempt that begins. */
export function attend(task: CurrentTask, interruption: Interruption): void {
  interruptions.set(task, interruption);
}

/** Ends this process without a word about it. */
export const exitNow: (code: number) => never = process.exit.bind(process);

/**
 * Sees to errors that no step's promise brings: uncaught exceptions, unhandled rejections and calls of process.exit. They belong to the
 * task in whose context they come up, or to the only one that runs: it fails; one of an earlier task, which was judged long ago, is told on
 * stderr; one that may be of several ends the process. A flow that has handlers of its own for them is left to these. `lastWords` tells why
 * the process ends, and by the code of which task.
 */
export function watchStrayErrors(lastWords: (exception: ExceptionRecord, task: CurrentTask) => void): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    const handle = (error: unknown): void => {
      if (process.listenerCount(event) === 1) takeStray(error);
    };
    process.on(event, handle);
  }
  process.exit = (code) => {
    const task = taskAtWork();
    if (task) lastWords(exceptionOf(new ProcessExitError(nameOf(task), code ?? process.exitCode)), task);
    return exitNow(code as number);
  };
}

function takeStray(error: unknown): void {
  const task = taskAtWork();
  const interruption = task && isRunning(task) ? interruptions.get(task) : undefined;
  if (interruption) {
    interruption.interrupt(error);
    return;
  }
  const text = traceText(exceptionOf(error));
  const ended = taskAtHand();
  if (ended) {
    // As what a task writes that has ended, nobody would see it.
    withoutTask(() =>
      process.stderr.write(`Unhandled error from task ${nameOf(ended)}, after it had finished: ${text}\n`),
    );
    return;
  }
  process.stderr.write(`${text}\n`);
  exitNow(1);
}

const nameOf = ({ stepName, taskId }: CurrentTask): string => `${stepName}/${taskId}`;
