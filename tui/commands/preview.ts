import type { Preview, PreviewTask } from '#core';
import type { Output } from '../output.ts';
import { drawTable } from '../plain/table.ts';
import { text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { whyWords } from '../plain/why.ts';
import { listing, plural } from '../plain/words.ts';

/** Shows what a run would take over and what it would execute: on a terminal like tasks together, else a line for each. */
export async function showPreview({ tasks, later }: Preview, output: Output): Promise<void> {
  if (!output.isTerminal) {
    output.send(tasks.map(taskLine).join('') + later.map((step) => tsvLine(['later', step])).join(''));
    return;
  }
  const rows = groupsOf(tasks).map((group) => [
    { text: namesOf(group), brush: output.paint.name },
    { text: FATES[group.fate], ...(group.fate === 'take' ? {} : { brush: output.paint.warn }) },
    reasonOf(group),
  ]);
  const next = later.map((step) => [{ text: step, brush: output.paint.name }, 'not known yet', '']);
  const columns = [{ title: 'TASKS' }, { title: 'FATE' }, { title: 'REASON' }];
  output.write((await drawTable({ columns, rows: [...rows, ...next] }, output)).text);
  const taken = tasks.filter(({ fate }) => fate === 'take').length;
  const executed = tasks.filter(({ fate }) => fate === 'run').length;
  const waiting = tasks.length - taken - executed;
  const facts = [
    `${taken} reused`,
    `${executed} executed`,
    ...(waiting > 0 ? [`${waiting} that depend on those`] : []),
  ];
  output.write(text`\n${plural(tasks.length, 'task')} foreseen: ${facts.join(', ')}.\n`);
}

const FATES = { take: 'reused', run: 'executed', wait: 'depends' };

const taskLine = ({ step, task, fate, from = '', why, after = '', changed }: PreviewTask): string =>
  tsvLine([fate, `${step}/${task}`, why?.kind ?? changed ?? '', why ? (why.name ?? '') : from + after]);

/** Tasks of one step with one fate for one reason. */
interface Group extends Omit<PreviewTask, 'task'> {
  readonly names: string[];
}

function groupsOf(tasks: readonly PreviewTask[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { task, ...rest } of tasks) {
    const key = JSON.stringify([
      ...[rest.step, rest.fate, rest.why?.kind, rest.why?.name],
      ...[rest.after, rest.from, rest.changed],
    ]);
    const group = groups.get(key);
    if (group) group.names.push(task);
    else groups.set(key, { ...rest, names: [task] });
  }
  return [...groups.values()];
}

const namesOf = ({ step, names }: Group): string =>
  names.length === 1 ? `${step}/${names[0]}` : `${step} (${names.length}: ${listing(names, 3)})`;

function reasonOf({ fate, from, why, after, changed }: Group): string {
  if (fate === 'take')
    return `finished in ${from}${changed === 'step-code' ? ', before its code changed' : ''}`;
  if (why) return whyWords(why);
  return `on what it reads of ${after}: if that comes out as it was, it is reused`;
}
