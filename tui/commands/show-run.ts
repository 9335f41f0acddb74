import type { Run } from '#client';
import type { Output } from '../output.ts';
import { titleOf, titleText, traceOf } from '../plain/exception.ts';
import type { SourceReader } from '../plain/excerpt.ts';
import { type Fact, writeFacts } from '../plain/facts.ts';
import { jsonText } from '../plain/json.ts';
import { oneLine } from '../plain/preview.ts';
import { command } from '../plain/shell.ts';
import { drawTable } from '../plain/table.ts';
import { linesOf, type Text, text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { duration, listing as listed, localTime, plural, seconds, storedText } from '../plain/words.ts';
import { type ReadOptions, sameStore } from '../read-options.ts';
import type { Listing } from './listing-of.ts';
import { hintLines } from './run-failure.ts';
import { statusSign } from './status.ts';
import { type StepSummary, stepSummaries } from './step-summary.ts';

/** How something of a store is shown. */
export interface Showing {
  readonly options: ReadOptions;
  readonly output: Output;
  /** Told of tasks that cannot be read. */
  readonly listing: Listing;
}

/** Shows a run: what is known of it, how far its steps came, and why it failed. */
export async function showRun(run: Run, { options, output, listing }: Showing): Promise<void> {
  const steps = stepSummaries(run, listing);
  writeFacts(factsOf(run, output), output);
  if (!output.isTerminal) output.send(steps.map(stepLine).join(''));
  else {
    output.write(text`\n`);
    output.write(await stepTable(steps, output));
    showFailure(run, options, output);
  }
}

function factsOf(run: Run, output: Output): Fact[] {
  const { metadata, status } = run;
  const { sign, brush } = statusSign(status, output);
  const { createdAt, finishedAt } = run;
  const took = finishedAt && finishedAt.getTime() - createdAt.getTime();
  const { failure } = metadata;
  return [
    { name: 'run', text: run.pathspec, brush: output.paint.name, values: [run.pathspec] },
    { name: 'status', text: `${sign} ${status}`, brush, values: [status] },
    { name: 'started', text: localTime(createdAt), values: [createdAt.toISOString()] },
    ...(finishedAt
      ? [
          {
            name: 'finished',
            text: `${localTime(finishedAt)}  after ${duration(took ?? 0)}`,
            values: [finishedAt.toISOString()],
          },
          { name: 'seconds', values: [seconds(took ?? 0)] },
        ]
      : []),
    { name: 'user', text: `${metadata.user} on ${metadata.process.host}`, values: [metadata.user] },
    { name: 'host', values: [metadata.process.host] },
    ...(metadata.spinOf === undefined
      ? []
      : [{ name: 'spin of', text: metadata.spinOf, values: [metadata.spinOf] }]),
    ...(run.origin ? [{ name: 'origin', text: run.origin.pathspec, values: [run.origin.pathspec] }] : []),
    ...takenFacts(run),
    ...(run.userTags.length > 0 ? [{ name: 'tags', text: run.userTags.join(', ') }] : []),
    ...run.tags.map((tag) => ({ name: 'tag', values: [tag] })),
    ...storedFacts(run),
    ...parameterFacts(run),
    ...(failure ? [{ name: 'failure', values: [failure.task ?? '', titleOf(failure.exception)] }] : []),
  ];
}

function storedFacts({ totals }: Run): Fact[] {
  const text = storedText(totals);
  const { logicalBytes, knownBytes, newBytes } = totals;
  return [
    ...(text === undefined ? [] : [{ name: 'stored', text }]),
    ...Object.entries({ logicalBytes, knownBytes, newBytes }).map(([name, value]) => ({
      name,
      values: [String(value ?? '')],
    })),
  ];
}

function takenFacts({ metadata: { takenFrom, totals } }: Run): Fact[] {
  const { taken = 0, tasks } = totals;
  if (!takenFrom || taken === 0) return [];
  return [
    { name: 'reused', text: `${taken} of ${plural(tasks, 'task')}, from ${listed(takenFrom, 3)}` },
    { name: 'taken', values: [String(taken), ...takenFrom] },
  ];
}

function parameterFacts(run: Run): Fact[] {
  const configs = new Set(run.metadata.configs);
  const all = Object.entries(run.parameters);
  return [
    ...valueFacts(
      'config',
      all.filter(([name]) => configs.has(name)),
    ),
    ...valueFacts(
      'parameter',
      all.filter(([name]) => !configs.has(name)),
    ),
  ];
}

const valueFacts = (kind: string, values: readonly (readonly [string, unknown])[]): Fact[] =>
  values.flatMap(([name, value], index) => [
    { name: index === 0 ? `${kind}s` : '', text: `${name} = ${oneLine(value)}` },
    { name: kind, values: [name, jsonText(value)] },
  ]);

const stepLine = ({ name, status, tasks, failed, milliseconds }: StepSummary): string =>
  tsvLine([
    'step',
    name,
    status,
    String(tasks),
    String(failed),
    milliseconds === undefined ? '' : seconds(milliseconds),
  ]);

async function stepTable(steps: readonly StepSummary[], output: Output): Promise<Text> {
  const { text: drawn } = await drawTable(
    {
      columns: [
        { title: 'STEP' },
        { title: 'STATUS' },
        { title: 'TASKS', align: 'right' },
        { title: 'DURATION', align: 'right', drop: 1 },
      ],
      rows: steps.map(({ name, status, tasks, failed, milliseconds }) => {
        const { sign, brush } = statusSign(status, output);
        return [
          name,
          { text: `${sign} ${status === 'waiting' ? 'not begun' : status}`, brush },
          failed > 0 && tasks > 1 ? `${failed} of ${tasks} failed` : String(tasks),
          milliseconds === undefined ? '' : duration(milliseconds),
        ];
      }),
    },
    output,
  );
  return drawn;
}

function showFailure(run: Run, options: ReadOptions, output: Output): void {
  const { failure } = run.metadata;
  if (!failure) return;
  const { task, exception } = failure;
  const { paint } = output;
  const hints =
    task === undefined
      ? []
      : [
          {
            command: command`flow logs ${`${run.pathspec}/${task}`}` + sameStore(options),
            shows: 'to see what the task wrote',
          },
        ];
  const lines = [
    '',
    text`${paint.bad(`${task ?? run.parent.id} failed:`)} ${paint.strong(titleText(exception, output))}`,
    ...traceOf(exception, sourcesOf(run), output),
    ...hintLines(hints, output),
  ];
  output.write(linesOf(lines));
}

/** The flow's files as the run had them: those on disk may have changed since. */
export function sourcesOf(run: Run): SourceReader {
  return (file) => {
    const path = run.code.files().find((one) => file.endsWith(`/${one}`));
    return path === undefined ? undefined : run.code.read(path);
  };
}
