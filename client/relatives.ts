import type { TaskReader } from '#store';

/** The tasks a task continued from, in input order; those of them that are recorded. */
export function parentsOf(task: TaskReader): TaskReader[] {
  const parents = task.record.parents.map((name) => {
    const [step = '', id = ''] = name.split('/');
    return task.run.task(step, id);
  });
  return parents.filter((parent) => parent !== undefined);
}

/** The recorded tasks that continued from a task, by step in the order of the transition, then by position. */
export function childrenOf(task: TaskReader): TaskReader[] {
  const { transition } = task.record;
  return (transition?.steps ?? []).flatMap((step) => childrenIn(step, task));
}

/**
 * Children mostly stand where the positions say: in the same place, below it, or one level up for a join. Those places
 * are looked at first, because reading every task of a wide step for each task of another takes quadratic time; what a
 * task's record says decides.
 */
function childrenIn(step: string, task: TaskReader): TaskReader[] {
  const name = `${task.step}/${task.task}`;
  const isChild = (other: TaskReader): boolean => other.record.parents.includes(name);
  const { foreach } = task.record.transition ?? {};
  if (!foreach) {
    for (const place of nearbyPlaces(task)) {
      const child = task.run.task(step, place);
      if (child && isChild(child)) return [child];
    }
    return task.run.tasks(step).filter(isChild);
  }
  const position = positionOf(task);
  const found: TaskReader[] = [];
  while (found.length < foreach.numSplits) {
    const child = task.run.task(step, [...position, found.length].join('.'));
    if (!child || !isChild(child)) return task.run.tasks(step).filter(isChild);
    found.push(child);
  }
  return found;
}

const positionOf = (task: TaskReader): number[] => task.record.frames.map((frame) => frame.index);

/** Without a foreach a step has one task after another one: these are the ids it may have. */
function nearbyPlaces(task: TaskReader): Set<string> {
  const position = positionOf(task);
  const { iteration } = task.record;
  const idOf = (digits: readonly number[]): string => (digits.length > 0 ? digits.join('.') : '0');
  return new Set([
    ...(iteration === undefined ? [] : [idOf([...position, iteration + 1])]),
    task.task,
    idOf(position),
    idOf(position.slice(0, -1)),
    idOf([...position, 0]),
  ]);
}
