import type { Step, Task } from '#client';
import type { Output } from '../output.ts';
import { decoratorsOf, decoratorText } from '../plain/decorators.ts';
import { shortTitleOf } from '../plain/exception.ts';
import { type Fact, writeFacts } from '../plain/facts.ts';
import { drawTable } from '../plain/table.ts';
import { text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { duration, localTime, plural, seconds } from '../plain/words.ts';
import type { Listing } from './listing-of.ts';
import { statusSign } from './status.ts';
import { readableTasks } from './step-summary.ts';

/** Shows a step: its tasks in order of position. */
export async function showStep(step: Step, output: Output, listing: Listing): Promise<void> {
  const tasks = readableTasks(step.tasks(), listing);
  writeFacts(factsOf(step, tasks, output), output);
  if (!output.isTerminal) {
    output.send(tasks.map(taskLine).join(''));
    return;
  }
  output.write(text`\n`);
  const { text: drawn } = await drawTable(
    {
      columns: [
        { title: 'TASK' },
        { title: 'STATUS' },
        { title: 'STARTED', drop: 1 },
        { title: 'DURATION', align: 'right', drop: 3 },
        { title: 'ERROR', drop: 2 },
      ],
      rows: tasks.map((task) => {
        const { status, startedAt, exception } = task.metadata;
        const { sign, brush } = statusSign(status, output);
        return [
          { text: task.id, brush: output.paint.name },
          { text: `${sign} ${status}`, brush },
          localTime(Date.parse(startedAt)),
          duration(tookOf(task)),
          exception ? shortTitleOf(exception) : '',
        ];
      }),
    },
    output,
  );
  output.write(drawn);
}

function factsOf(step: Step, tasks: readonly Task[], output: Output): Fact[] {
  const failed = tasks.filter((task) => !task.successful).length;
  const node = step.parent.graph.steps.find(({ name }) => name === step.id);
  return [
    { name: 'step', text: step.pathspec, brush: output.paint.name, values: [step.pathspec] },
    ...(node?.doc === undefined ? [] : [{ name: 'about', text: node.doc, values: [node.doc] }]),
    ...decoratorsOf(node ?? {}).map((one) => ({
      name: 'decorator',
      text: decoratorText(one),
      values: [one.name, JSON.stringify(one.options)],
    })),
    { name: 'tasks', text: plural(tasks.length, 'task') + (failed > 0 ? `, ${failed} failed` : '') },
  ];
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
