import type { StoreClient, Task } from '#client';
import type { Host } from '../host.ts';
import { type Output, sendAll, sendDocument } from '../output.ts';
import { oneLine } from '../plain/preview.ts';
import { prose } from '../plain/prose.ts';
import { drawTable } from '../plain/table.ts';
import { linesOf, type Text, text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { type Why, whyWords } from '../plain/why.ts';
import { listing } from '../plain/words.ts';
import type { ReadOptions } from '../read-options.ts';
import { Listing } from './listing-of.ts';
import { clientFor } from './open.ts';

/**
 * `flow why ADDRESS`: why a task was executed, or which one it was reused from; of a run or step, of all its tasks. On a terminal tasks
 * with the same answer stand together, else there is a line for each.
 */
export async function why(
  address: string,
  options: ReadOptions & { readonly json?: true },
  { out, err }: Host,
): Promise<number> {
  const client = clientFor(options, { err });
  const damaged = new Listing(err);
  const answers = [...damaged.read(client.resolveAll(address).flatMap(tasksOf), answerFor)];
  if (options.json) {
    const tasks = answers.map(({ task, fate, origin, why: reason }) => ({
      ...{ address: task.pathspec, fate, origin },
      why: reason ?? null,
    }));
    await sendDocument({ schema: 'oxbow.why/1', tasks }, out);
    return damaged.code;
  }
  const [only] = answers;
  if (!out.isTerminal) await sendAll(answers.map(line), out);
  else if (only && answers.length === 1) out.write(linesOf(tell(only, client, out)));
  else out.write(await table(answers, out));
  return damaged.code;
}

/** How it came that a run has a task. */
interface Answer {
  readonly task: Task;
  readonly fate: 'taken' | 'executed';
  /** The task it was reused from. */
  readonly origin: string | null;
  readonly why: Why | undefined;
}

function tasksOf(found: ReturnType<StoreClient['resolveAll']>[number]): Task[] {
  if (found.kind === 'run') return found.steps().flatMap((step) => step.tasks());
  if (found.kind === 'step') return found.tasks();
  if (found.kind === 'task') return [found];
  // A parameter or constant has no task: that of its run which began everything.
  return found.parent.kind === 'task' ? [found.parent] : found.parent.step('start').tasks();
}

function answerFor(task: Task): Answer {
  if (task.taken) return { task, fate: 'taken', origin: task.originPathspec, why: undefined };
  return { task, fate: 'executed', origin: null, why: task.metadata.why };
}

const line = ({ task, fate, origin, why }: Answer): string =>
  tsvLine([fate, task.pathspec, why?.kind ?? '', why?.name ?? origin ?? '']);

function reason({ task, fate, origin, why }: Answer): string {
  if (fate === 'taken') return origin === null ? 'from a run that has been deleted' : `from ${runOf(origin)}`;
  if (why) return `because ${whyWords(why)}`;
  const run = task.parent.parent;
  return run.metadata.takenFrom || run.origin ? 'because no earlier run has this task' : EVERYTHING;
}

const EVERYTHING = 'because the run reused nothing: it was started without --reuse';

const runOf = (pathspec: string): string => pathspec.split('/').slice(0, 2).join('/');

function tell(answer: Answer, client: StoreClient, output: Output): (Text | string)[] {
  const { task, fate, origin } = answer;
  const what = fate === 'executed' ? `was executed ${reason(answer)}.` : takenText(origin);
  return [
    ...startingWith(task.pathspec, prose(`${task.pathspec} ${what}`, output), output),
    ...changeLines(answer, client, output),
  ];
}

/** Lines that begin with a name, which gets its colour. */
const startingWith = (name: string, [first = '', ...rest]: readonly string[], { paint }: Output) =>
  first.startsWith(name) ? [text`${paint.name(name)}${first.slice(name.length)}`, ...rest] : [first, ...rest];

const takenText = (origin: string | null): string =>
  origin === null
    ? 'was reused from a run that has been deleted.'
    : `was reused from ${origin}: nothing that it read had changed.`;

/** The values that differ, where the reason is a value. */
function changeLines({ task, why }: Answer, client: StoreClient, { paint }: Output): Text[] {
  if (!why?.of || why.name === undefined) return [];
  const before = found(() => client.Task(why.of ?? ''));
  const then = before && valueFor(why, before, client);
  const now = valueFor(why, task, client);
  if (!then || !now) return [];
  return [
    text`  ${paint.faint('then:')} ${oneLine(then.value)}`,
    text`  ${paint.faint('now: ')} ${oneLine(now.value)}`,
  ];
}

function valueFor(why: Why, task: Task, client: StoreClient): { readonly value: unknown } | undefined {
  const address = addressOf(why, task);
  return address === undefined ? undefined : found(() => ({ value: client.Artifact(address).data }));
}

/** Where a task found what the reason names. */
function addressOf({ kind, name = '' }: Why, task: Task): string | undefined {
  const run = task.parent.parent.pathspec;
  if (kind === 'parameter' || kind === 'constant') return `${run}/${name}`;
  if (kind !== 'artifact' || name === '*') return undefined;
  const [step = '', second, third] = name.split('/');
  if (third !== undefined) return `${run}/${name}`;
  const parent = task.metadata.parents[0];
  if (second === undefined) return parent === undefined ? undefined : `${run}/${parent}/${name}`;
  const frame = task.metadata.frames.find((one) => one.step === step);
  return frame && `${run}/${step}/${frame.task}/${second}`;
}

/** What may have been deleted since, or belong to another user: then there is nothing to compare with. */
function found<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** Tasks of one step with one answer, together. */
async function table(answers: readonly Answer[], output: Output): Promise<Text> {
  const groups = new Map<string, Answer[]>();
  for (const answer of answers) {
    const key = JSON.stringify([answer.task.parent.id, answer.fate, reason(answer)]);
    const group = groups.get(key);
    if (group) group.push(answer);
    else groups.set(key, [answer]);
  }
  const rows = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { fate } = first;
    const names = listing(
      group.map(({ task }) => task.id),
      3,
    );
    const step = first.task.parent.id;
    return [
      [
        {
          text: group.length === 1 ? `${step}/${names}` : `${step} (${group.length}: ${names})`,
          brush: output.paint.name,
        },
        {
          text: fate === 'taken' ? 'reused' : 'executed',
          ...(fate === 'taken' ? {} : { brush: output.paint.warn }),
        },
        reason(first),
      ],
    ];
  });
  const columns = [{ title: 'TASKS' }, { title: 'FATE' }, { title: 'REASON' }];
  return (await drawTable({ columns, rows }, output)).text;
}
