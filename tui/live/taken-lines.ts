import type { RunEvent } from '#core';
import { plural } from '../plain/words.ts';
import type { LogLine } from './log-lines.ts';

type TaskTaken = Extract<RunEvent, { type: 'task-taken' }>;

/** Lines on the tasks a run has taken over: one for those of a step that come one after the other, since they may be ten thousand. */
export class TakenLines {
  #waiting: TaskTaken[] = [];

  /** Notes an event, and gives the lines that are to be written before it. */
  before(event: RunEvent, runId: string): LogLine[] {
    if (event.type === 'task-taken') {
      this.#waiting.push(event);
      return [];
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    const groups = new Map<string, TaskTaken[]>();
    for (const one of waiting) {
      const key = `${one.task.step} ${one.from}`;
      const group = groups.get(key);
      if (group) group.push(one);
      else groups.set(key, [one]);
    }
    return [...groups.values()].flatMap((group) => lineOf(group, runId) ?? []);
  }
}

function lineOf(group: readonly TaskTaken[], runId: string): LogLine | undefined {
  const [first] = group;
  if (!first) return undefined;
  const { task, from, time, changed } = first;
  const since = changed === 'step-code' ? ' The code of the step has changed since.' : '';
  const place = group.length === 1 ? `${task.step}/${task.task}` : task.step;
  const text = `${plural(group.length, 'task was', 'tasks were')} reused from ${from}.${since}`;
  return { time, source: `${runId}/${place}`, place, text, from: 'engine' };
}
