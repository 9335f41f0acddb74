import type { RunReader, TaskReader } from '#store';

/** Opens a run, or gives undefined when it is not there. */
type OpenRun = (flow: string, id: string) => RunReader | undefined;

/** Whether a task was taken over from an earlier run instead of being executed: else it could not have begun before its run. */
export const isTaken = ({ record, run }: TaskReader): boolean =>
  record.madeFrom !== undefined || record.startedAt < run.record.createdAt;

/**
 * The task whose execution a task that was taken over comes from, through however many runs it was taken over. Undefined for one that was
 * executed itself. When a run on the way has been deleted, the last one that is there.
 */
export function taskOrigin(task: TaskReader, open: OpenRun): TaskReader | undefined {
  const before = isTaken(task) ? oneBefore(task, open) : undefined;
  return before && (taskOrigin(before, open) ?? before);
}

function oneBefore({ record, run, step, task, tree }: TaskReader, open: OpenRun): TaskReader | undefined {
  const [flow, id] = record.madeFrom?.split('/') ?? [];
  if (flow !== undefined && id !== undefined && run.name !== `${flow}/${id}`) {
    const made = open(flow, id)?.task(step, task);
    if (made) return made;
  }
  for (const name of run.record.takenFrom ?? []) {
    const [flow = '', id = ''] = name.split('/');
    const found = open(flow, id)?.task(step, task);
    // A task is taken over whole: its tree is the same.
    if (found?.tree === tree) return found;
  }
  return undefined;
}
