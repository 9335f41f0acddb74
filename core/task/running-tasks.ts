import { type CurrentTask, taskAtHand } from '../flow/current.ts';

/** The tasks this process is busy with, in the order in which they began: several where a step shares its processes. */
const running = new Set<CurrentTask>();

/** The process is busy with a task from now on. */
export function taskBegins(task: CurrentTask): void {
  running.add(task);
}

/** The process has done with a task. */
export function taskEnds(task: CurrentTask): void {
  running.delete(task);
}

/** Whether the process is busy with a task. */
export const isRunning = (task: CurrentTask): boolean => running.has(task);

/**
 * The tasks whose doing this may be: the one in whose context code runs, which may have ended; outside of one, as in a callback of something
 * that tasks share, all that run.
 */
export function tasksAtWork(): readonly CurrentTask[] {
  const task = taskAtHand();
  return task ? [task] : [...running];
}

/** The task whose doing this is; undefined when there is none, or it cannot be told which. */
export function taskAtWork(): CurrentTask | undefined {
  const [task, ...others] = tasksAtWork();
  return others.length === 0 ? task : undefined;
}
