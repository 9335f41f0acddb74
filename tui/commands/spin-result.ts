import { type Artifact, NotFoundError, type StoreClient, type Task } from '#client';
import type { Output } from '../output.ts';
import { type Fact, writeFacts } from '../plain/facts.ts';
import { oneLine } from '../plain/preview.ts';
import { drawTable } from '../plain/table.ts';
import { type Text, text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { bytes, duration, seconds } from '../plain/words.ts';
import { nextOf } from './show-task.ts';
import { statusSign } from './status.ts';

/** A task that was executed once more, and the one it was executed after. */
export interface SpinResult {
  readonly spun: Task;
  readonly recorded: Task;
  /** Parameters and constants of the flow, as `parameters/name`. */
  readonly inputs: readonly string[];
  readonly client: StoreClient;
}

/** Something that is not the same in both. */
interface Difference {
  readonly kind: 'artifact' | 'parameter' | 'constant';
  readonly name: string;
  readonly before: Artifact | undefined;
  readonly now: Artifact | undefined;
}

/** Shows how a task came out, against how it came out in its run: by digest, with the beginnings of values that differ. */
export async function showSpin(result: SpinResult, output: Output): Promise<void> {
  const differences = [...inputDifferences(result), ...artifactDifferences(result)];
  const facts = factsOf(result, output);
  if (!output.isTerminal) {
    writeFacts(facts, output);
    output.send(differences.map(differenceLine).join(''));
    return;
  }
  output.write(text`\n`);
  const same =
    [...result.spun].length - differences.filter(({ kind, now }) => kind === 'artifact' && now).length;
  writeFacts([...facts, { name: 'artifacts', text: `${same} the same${countText(differences)}` }], output);
  if (differences.length > 0) output.write(text`\n${await differenceTable(differences, output)}`);
}

function factsOf({ spun, recorded }: SpinResult, output: Output): Fact[] {
  const { status } = spun.metadata;
  const { sign, brush } = statusSign(status, output);
  const [took, before] = [spun, recorded].map(
    ({ createdAt, finishedAt }) => (finishedAt ?? createdAt).getTime() - createdAt.getTime(),
  );
  const [next = '', nextBefore = ''] = [spun, recorded].map(({ metadata }) => nextOf(metadata.transition));
  const wasNext = nextBefore === next || nextBefore === '' ? '' : `, before: ${nextBefore}`;
  const wasStatus = status === recorded.metadata.status ? '' : `, before: ${recorded.metadata.status}`;
  return [
    { name: 'spin', text: spun.pathspec, brush: output.paint.name, values: [spun.pathspec] },
    { name: 'of', text: recorded.pathspec, values: [recorded.pathspec] },
    {
      name: 'status',
      text: `${sign} ${status}${wasStatus}`,
      brush,
      values: [status, recorded.metadata.status],
    },
    { name: 'took', text: `${duration(took ?? 0)}, before: ${duration(before ?? 0)}` },
    { name: 'seconds', values: [seconds(took ?? 0), seconds(before ?? 0)] },
    ...(next + nextBefore === ''
      ? []
      : [{ name: 'next', text: `${next}${wasNext}`, values: [next, nextBefore] }]),
  ];
}

function artifactDifferences({ spun, recorded }: SpinResult): Difference[] {
  const old = new Map([...recorded].map((artifact) => [artifact.name, artifact]));
  const now = new Map([...spun].map((artifact) => [artifact.name, artifact]));
  return [...new Set([...now.keys(), ...old.keys()])]
    .map((name): Difference => ({ kind: 'artifact', name, before: old.get(name), now: now.get(name) }))
    .filter(isDifferent);
}

function inputDifferences({ spun, recorded, inputs, client }: SpinResult): Difference[] {
  const [now, old] = [spun, recorded].map(({ parent }) => parent.parent.pathspec);
  const find = (run: string | undefined, place: string): Artifact | undefined =>
    ifThere(() => client.Artifact(`${run}/${place}`));
  return inputs
    .map((place): Difference => {
      const [folder = '', name = ''] = place.split('/');
      const kind = folder === 'parameters' ? 'parameter' : 'constant';
      return { kind, name, before: find(old, place), now: find(now, place) };
    })
    .filter(isDifferent);
}

const isDifferent = ({ before, now }: Difference): boolean => before?.digest !== now?.digest;

/** What the store has, or undefined when it has no such thing. */
export function ifThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

const changeOf = ({ before, now }: Difference): 'new' | 'gone' | 'changed' =>
  before === undefined ? 'new' : now === undefined ? 'gone' : 'changed';

const differenceLine = (difference: Difference): string => {
  const { kind, name, before, now } = difference;
  return tsvLine([kind, name, changeOf(difference), before?.digest ?? '', now?.digest ?? '']);
};

function countText(differences: readonly Difference[]): string {
  const changes = differences.filter(({ kind }) => kind === 'artifact').map(changeOf);
  return (['changed', 'new', 'gone'] as const)
    .map((change) => ({ change, count: changes.filter((one) => one === change).length }))
    .map(({ change, count }) => (count === 0 ? '' : `, ${count} ${change}`))
    .join('');
}

async function differenceTable(differences: readonly Difference[], output: Output): Promise<Text> {
  const rows = differences.map((difference) => {
    const { kind, name, before, now } = difference;
    return [
      { text: kind === 'artifact' ? name : `${kind} ${name}`, brush: output.paint.name },
      { text: changeOf(difference), brush: output.paint.warn },
      previewOf(before),
      previewOf(now),
    ];
  });
  const columns = [{ title: 'NAME' }, { title: '' }, { title: 'BEFORE' }, { title: 'NOW' }];
  return (await drawTable({ columns, rows }, output)).text;
}

/** Characters of a value's beginning. */
const MOST = 60;
/** Bytes of a value that is not loaded for its beginning alone. */
const LARGE = 1 << 20;

function previewOf(artifact: Artifact | undefined): string {
  if (artifact === undefined) return '';
  const { size, type } = artifact;
  return size > LARGE ? `${type}, ${bytes(size)}` : oneLine(artifact.data, MOST);
}
