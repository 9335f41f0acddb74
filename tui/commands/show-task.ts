import type { Artifact, Task } from '#client';
import type { Output } from '../output.ts';
import { shortTitleOf, titleOf, titleText, traceOf } from '../plain/exception.ts';
import { type Fact, writeFacts } from '../plain/facts.ts';
import { drawTable } from '../plain/table.ts';
import { linesOf, type Text, text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { whyWords } from '../plain/why.ts';
import { bytes, duration, localTime, seconds } from '../plain/words.ts';
import type { Listing } from './listing-of.ts';
import { sourcesOf } from './show-run.ts';
import { statusSign } from './status.ts';

/** Shows a task: what is known of it, its artifacts, and why it failed. */
export async function showTask(task: Task, output: Output, listing: Listing): Promise<void> {
  const artifacts = [...task].filter((artifact) => listing.try(artifact, () => artifact.type) !== undefined);
  writeFacts(factsOf(task, output), output);
  if (!output.isTerminal) {
    output.send(artifacts.map(artifactLine).join(''));
    return;
  }
  if (artifacts.length > 0) output.write(text`\n${await artifactTable(artifacts, output)}`);
  showException(task, output);
}

function factsOf(task: Task, output: Output): Fact[] {
  const { metadata, createdAt, finishedAt } = task;
  const { status, parents, frames, transition, attempt, pid, exception } = metadata;
  const { sign, brush } = statusSign(status, output);
  const took = (finishedAt?.getTime() ?? Date.now()) - createdAt.getTime();
  const position = frames.map(({ variable, index, numSplits }) => `${variable}[${index}] of ${numSplits}`);
  const next = nextOf(transition);
  return [
    { name: 'task', text: task.pathspec, brush: output.paint.name, values: [task.pathspec] },
    { name: 'status', text: `${sign} ${status}`, brush, values: [status] },
    { name: 'started', text: localTime(createdAt), values: [createdAt.toISOString()] },
    ...(finishedAt
      ? [
          {
            name: 'finished',
            text: `${localTime(finishedAt)}  after ${duration(took)}`,
            values: [finishedAt.toISOString()],
          },
        ]
      : []),
    { name: 'seconds', values: [seconds(took)] },
    { name: 'attempt', values: [String(attempt)] },
    ...(attempt > 0 ? attemptFacts(task, output) : []),
    ...(pid === undefined ? [] : [{ name: 'pid', values: [String(pid)] }]),
    ...originFacts(task),
    ...(position.length > 0 ? [{ name: 'foreach', text: position.join(', ') }] : []),
    ...frames.map(({ step, variable, index, numSplits }) => ({
      name: 'frame',
      values: [step, variable, String(index), String(numSplits)],
    })),
    ...(parents.length > 0 ? [{ name: 'after', text: some(parents) }] : []),
    ...parents.map((parent) => ({ name: 'parent', values: [parent] })),
    ...(next === '' ? [] : [{ name: 'next', text: next, values: [next] }]),
    ...(exception ? [{ name: 'exception', values: [titleOf(exception)] }] : []),
  ];
}

/** Where a task was taken over from, or why it was executed. */
function originFacts({ taken, originPathspec, metadata: { why } }: Task): Fact[] {
  if (taken) {
    const origin = originPathspec ?? 'a run that has been deleted';
    return [{ name: 'origin', text: `reused from ${origin}`, values: [originPathspec ?? ''] }];
  }
  return why
    ? [{ name: 'why', text: `executed because ${whyWords(why)}`, values: [why.kind, why.name ?? ''] }]
    : [];
}

/** What became of each attempt, from the first to the last. */
function attemptFacts(task: Task, output: Output): Fact[] {
  return task.attempts().flatMap((one, index) => {
    const { status, retryAt } = one.metadata;
    const { sign } = statusSign(status, output);
    const took = (one.finishedAt?.getTime() ?? Date.now()) - one.createdAt.getTime();
    const error = one.exception ? shortTitleOf(one.exception) : '';
    const told = [`${index}  ${sign} ${status}  after ${duration(took)}`, error].join('  ').trimEnd();
    const values = [String(index), status, one.createdAt.toISOString(), seconds(took), error];
    return [
      { name: index === 0 ? 'attempts' : '', text: told },
      { name: 'tried', values },
      ...(retryAt === undefined || index < task.attempt
        ? []
        : [{ name: 'retry at', text: localTime(Date.parse(retryAt)), values: [retryAt] }]),
    ];
  });
}

/** Where a task went, in words; empty after `end`. */
export function nextOf(transition: Task['metadata']['transition']): string {
  if (!transition) return '';
  const { steps, foreach, switch: choice } = transition;
  const how = foreach
    ? `, ${foreach.numSplits} times for ${foreach.variable}`
    : choice
      ? `, since ${choice.variable} is ${choice.case}`
      : '';
  return steps.join(', ') + (steps.length > 0 ? how : '');
}

const PARENTS = 8;

const some = (parents: readonly string[]): string =>
  parents.slice(0, PARENTS).join(', ') +
  (parents.length > PARENTS ? ` and ${parents.length - PARENTS} more` : '');

const artifactLine = ({ name, type, size, digest }: Artifact): string =>
  tsvLine(['artifact', name, type, String(size), digest]);

async function artifactTable(artifacts: readonly Artifact[], output: Output): Promise<Text> {
  const { text: drawn } = await drawTable(
    {
      columns: [
        { title: 'ARTIFACT' },
        { title: 'TYPE' },
        { title: 'SIZE', align: 'right', drop: 2 },
        { title: 'DIGEST', cut: 'middle', drop: 1 },
      ],
      rows: artifacts.map(({ name, type, size, digest }) => [
        { text: name, brush: output.paint.name },
        type,
        bytes(size),
        // Enough to compare by eye; `flow show` of the artifact has all of it.
        { text: digest.slice(0, 12), brush: output.paint.faint },
      ]),
    },
    output,
  );
  return drawn;
}

function showException(task: Task, output: Output): void {
  const exception = task.exception ?? task.caught;
  if (!exception) return;
  const heading = task.caught ? 'caught:' : 'failed:';
  const lines = [
    '',
    text`${output.paint.bad(heading)} ${output.paint.strong(titleText(exception, output))}`,
    ...traceOf(exception, sourcesOf(task.parent.parent), output),
  ];
  output.write(linesOf(lines));
}
