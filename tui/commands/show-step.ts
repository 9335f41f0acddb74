import type { Step, Task } from '#client';
import { type Output, sendAll } from '../output.ts';
import { decoratorsOf, decoratorText } from '../plain/decorators.ts';
import { shortTitleOf } from '../plain/exception.ts';
import { type Fact, writeFacts } from '../plain/facts.ts';
import { command } from '../plain/shell.ts';
import { drawTable } from '../plain/table.ts';
import { type Text, text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { duration, localTime, plural, seconds } from '../plain/words.ts';
import { sameStore } from '../read-options.ts';
import type { Listing } from './listing-of.ts';
import type { Showing } from './show-run.ts';
import { statusSign } from './status.ts';
import { readableTasks } from './step-summary.ts';

/** Tasks a terminal shows of a step; a program gets all. */
const MOST_TASKS = 100;

/** Shows a step: its tasks in order of position. Of a wide one a terminal gets the first, and no other is opened. */
export async function showStep(step: Step, { options, output, listing }: Showing): Promise<void> {
  const tasks = step.tasks();
  if (!output.isTerminal) {
    writeFacts(factsOf(step, { count: tasks.length, failed: 0 }, output), output);
    return sendAll(linesOf(tasks, listing), output);
  }
  const shown = readableTasks(tasks.slice(0, MOST_TASKS), listing);
  const failure = tasks.length > MOST_TASKS ? failureBehind(shown, tasks, step) : undefined;
  const rows = failure ? [...shown, failure] : shown;
  const failed = rows.filter((task) => !task.successful).length;
  writeFacts(factsOf(step, { count: tasks.length, failed }, output), output);
  output.write(text`\n${await tableOf(rows, output)}`);
  const more = tasks.length - MOST_TASKS - (failure ? 1 : 0);
  if (more <= 0) return;
  const rest = `${output.glyphs.ellipsis} ${plural(more, 'more task')}: ${command`flow show ${step.pathspec}`}${sameStore(options)} | less`;
  output.write(text`${output.paint.faint(rest)}\n`);
}

/** The task that made the run fail, when it is one of this step and not among those shown. */
function failureBehind(shown: readonly Task[], tasks: readonly Task[], step: Step): Task | undefined {
  const [name, id] = step.parent.metadata.failure?.task?.split('/') ?? [];
  if (name !== step.id || shown.some((task) => task.id === id)) return undefined;
  return tasks.find((task) => task.id === id);
}

function* linesOf(tasks: readonly Task[], listing: Listing): Generator<string> {
  for (let from = 0; from < tasks.length; from += MOST_TASKS)
    yield readableTasks(tasks.slice(from, from + MOST_TASKS), listing)
      .map(taskLine)
      .join('');
}

async function tableOf(tasks: readonly Task[], output: Output): Promise<Text> {
  const columns = [
    { title: 'TASK' },
    { title: 'STATUS' },
    { title: 'STARTED', drop: 1 },
    { title: 'DURATION', align: 'right' as const, drop: 3 },
    { title: 'ERROR', drop: 2 },
  ];
  const rows = tasks.map((task) => {
    const { status, startedAt, exception } = task.metadata;
    const { sign, brush } = statusSign(status, output);
    return [
      { text: task.id, brush: output.paint.name },
      { text: `${sign} ${status}`, brush },
      localTime(Date.parse(startedAt)),
      duration(tookOf(task)),
      exception ? shortTitleOf(exception) : '',
    ];
  });
  return (await drawTable({ columns, rows }, output)).text;
}

interface Counts {
  readonly count: number;
  /** Of those shown. */
  readonly failed: number;
}

function factsOf(step: Step, { count, failed }: Counts, output: Output): Fact[] {
  const node = step.parent.graph.steps.find(({ name }) => name === step.id);
  return [
    { name: 'step', text: step.pathspec, brush: output.paint.name, values: [step.pathspec] },
    ...(node?.doc === undefined ? [] : [{ name: 'about', text: node.doc, values: [node.doc] }]),
    ...decoratorsOf(node ?? {}).map((one) => ({
      name: 'decorator',
      text: decoratorText(one),
      values: [one.name, JSON.stringify(one.options)],
    })),
    { name: 'tasks', text: plural(count, 'task') + failedText(count, failed) },
  ];
}

/** Of a step that is not shown whole nobody has counted. */
function failedText(count: number, failed: number): string {
  if (failed === 0) return '';
  return `, ${count > MOST_TASKS ? 'at least ' : ''}${failed} failed`;
}

/** How long a task took, in milliseconds. */
const tookOf = ({ createdAt, finishedAt }: Task): number =>
  (finishedAt?.getTime() ?? Date.now()) - createdAt.getTime();

function taskLine(task: Task): string {
  const { status, startedAt, exception } = task.metadata;
  return tsvLine([
    'task',
    task.id,
    status,
    startedAt,
    seconds(tookOf(task)),
    exception ? shortTitleOf(exception) : '',
  ]);
}
