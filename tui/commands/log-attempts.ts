import type { Task } from '#client';
import { UsageError } from '../usage.ts';

/** Of each task the attempt with a number, of those that have it; without a number the last one. Throws UsageError when none has it. */
export function attemptsOf(tasks: readonly Task[], number: number | undefined): readonly Task[] {
  if (number === undefined) return tasks;
  const found = tasks.flatMap((task) => task.attempts().filter(({ attempt }) => attempt === number));
  const [only] = tasks;
  if (found.length > 0 || !only) return found;
  const last = tasks.reduce((most, { attempt }) => Math.max(most, attempt), 0);
  throw new UsageError(
    tasks.length === 1
      ? `${only.pathspec} has no attempt ${number}; its last one is ${last}.`
      : `None of these tasks has an attempt ${number}; the last one of any is ${last}.`,
  );
}
