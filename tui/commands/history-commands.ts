import {
  type Artifact,
  type LineageNode,
  NotFoundError,
  parseCondition,
  type Run,
  type StoreClient,
  valueIn,
} from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { type Output, sendAll, sendDocument } from '../output.ts';
import { oneLine } from '../plain/preview.ts';
import { command } from '../plain/shell.ts';
import { drawTable } from '../plain/table.ts';
import { linesOf, type Text, text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { type ReadOptions, sameStore } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import type { CommandSpec } from './command-spec.ts';
import { Listing } from './listing-of.ts';
import { clientFor } from './open.ts';

interface HistoryOptions extends ReadOptions {
  readonly json?: true;
}

interface LineageOptions extends HistoryOptions {
  readonly up?: true;
  readonly down?: true;
}

interface BisectOptions extends HistoryOptions {
  readonly where?: string;
}

const JSON_OPTION = (schema: string) => ({ flags: '--json', help: `Print a JSON document (${schema})` });

/** The commands that follow a value through runs. */
export const HISTORY: readonly CommandSpec[] = [
  {
    name: 'log',
    summary: 'Show the runs in which a value changed',
    description:
      'Lists the runs in which the value at an address changed, newest first, starting with the run of the address. With #path, ' +
      'changes to the rest of the value do not count.',
    argument: '<ADDRESS>',
    options: [JSON_OPTION('oxbow.log/1')],
    act: ([address = ''], options, host) => log(address, options as HistoryOptions, host),
  },
  {
    name: 'blame',
    summary: 'Show where a value was first made',
    description:
      'Names the run and task that first made exactly this value: the earliest run of the flow that has it at this place, and there the task that ' +
      'made it rather than one that inherited it.',
    argument: '<ADDRESS>',
    options: [JSON_OPTION('oxbow.blame/1')],
    act: ([address = ''], options, host) => blame(address, options as HistoryOptions, host),
  },
  {
    name: 'lineage',
    summary: 'Show what a value was made from and where it was used',
    description:
      'Shows as a tree which artifacts of other runs the task of an artifact read, and which tasks of other runs read the artifact. Only reads ' +
      'through the client are recorded; what earlier tasks of the same run read is not followed.',
    argument: '<ADDRESS>',
    options: [
      { flags: '--up', help: 'Only what it was made from' },
      { flags: '--down', help: 'Only where it was used' },
      JSON_OPTION('oxbow.lineage/1'),
    ],
    act: ([address = ''], options, host) => lineage(address, options as LineageOptions, host),
  },
  {
    name: 'bisect',
    summary: 'Find the first run for which a condition holds',
    description:
      'Finds the first run between GOOD, for which the condition does not hold, and BAD, for which it does, by binary search. Only stored runs are read; ' +
      'nothing is executed. Runs that have not ended are skipped.',
    argument: '<GOOD> <BAD>',
    options: [
      { flags: '--where <EXPRESSION>', help: "The condition: 'end/0/loss > 0.5'" },
      JSON_OPTION('oxbow.bisect/1'),
    ],
    act: ([good = '', bad = ''], options, host) => bisect({ good, bad }, options as BisectOptions, host),
  },
];

function artifactAt(client: StoreClient, address: string, options: ReadOptions): Artifact {
  const found = client.resolve(address);
  if (found.kind === 'artifact') return found;
  throw new UsageError(`${found.pathspec} is a ${found.kind}, not an artifact.`, [
    command`flow show ${found.pathspec}` + sameStore(options),
  ]);
}

/** What is told of an artifact in the history of a value. */
const factsOf = (artifact: Artifact) => ({
  address: artifact.pathspec,
  createdAt: artifact.createdAt.toISOString(),
  type: artifact.type,
  digest: artifact.digest,
});

async function log(address: string, options: HistoryOptions, { out, err }: Host): Promise<number> {
  const artifact = artifactAt(clientFor(options, { err }), address, options);
  const history = artifact.history();
  if (options.json) {
    const document = { schema: 'oxbow.log/1', address: artifact.pathspec, changes: history.map(factsOf) };
    await sendDocument(document, out);
    return EXIT.ok;
  }
  const readable = new Listing(err);
  const rows = [
    ...readable.read(history, (one) => [one.pathspec, one.createdAt.toISOString(), oneLine(one.data)]),
  ];
  await writeRows(rows, out);
  return readable.code;
}

async function writeRows(rows: readonly string[][], out: Output): Promise<void> {
  if (!out.isTerminal) return sendAll(rows.map(tsvLine), out);
  const columns = [
    { title: 'ARTIFACT', cut: 'middle' },
    { title: 'CREATED', drop: 1 },
    { title: 'VALUE' },
  ] as const;
  out.write((await drawTable({ columns, rows }, out)).text);
}

async function blame(address: string, options: HistoryOptions, { out, err }: Host): Promise<number> {
  const artifact = artifactAt(clientFor(options, { err }), address, options);
  const made = artifact.blame();
  if (options.json) {
    const document = { schema: 'oxbow.blame/1', address: artifact.pathspec, madeBy: factsOf(made) };
    await sendDocument(document, out);
    return EXIT.ok;
  }
  await writeRows([[made.pathspec, made.createdAt.toISOString(), oneLine(made.data)]], out);
  return EXIT.ok;
}

async function lineage(address: string, options: LineageOptions, { out, err }: Host): Promise<number> {
  const artifact = artifactAt(clientFor(options, { err }), address, options);
  const wantsBoth = options.up === options.down;
  const up = wantsBoth || options.up ? artifact.lineageUp() : undefined;
  const down = wantsBoth || options.down ? artifact.lineageDown() : undefined;
  if (options.json) {
    const document = { schema: 'oxbow.lineage/1', address: artifact.pathspec, up, down };
    await sendDocument(document, out);
    return EXIT.ok;
  }
  const lines = [
    text`${out.paint.name(artifact.pathspec)}`,
    ...(up ? branch('made from', up, out) : []),
    ...(down ? branch('used by', down, out) : []),
  ];
  out.write(linesOf(lines));
  return EXIT.ok;
}

function branch(heading: string, nodes: readonly LineageNode[], out: Output): Text[] {
  return [
    text`  ${heading}:${nodes.length === 0 ? ' nothing recorded' : ''}`,
    ...treeLines(nodes, '  ', out),
  ];
}

function treeLines(nodes: readonly LineageNode[], indent: string, out: Output): Text[] {
  const { paint, glyphs } = out;
  const [corner, tee, bar] = glyphs.bar === '|' ? ['`- ', '|- ', '|  '] : ['└─ ', '├─ ', '│  '];
  return nodes.flatMap(({ address, isGone, isRepeated, children }, index) => {
    const isLast = index === nodes.length - 1;
    const note = isGone ? ' (deleted)' : isRepeated ? ' (see above)' : '';
    return [
      text`${indent}${isLast ? corner : tee}${paint.name(address)}${paint.faint(note)}`,
      ...treeLines(children, indent + (isLast ? '   ' : bar), out),
    ];
  });
}

interface Ends {
  readonly good: string;
  readonly bad: string;
}

async function bisect({ good, bad }: Ends, options: BisectOptions, { out, err }: Host): Promise<number> {
  const { where } = options;
  if (where === undefined) {
    throw new UsageError('flow bisect needs --where EXPRESSION.', [
      command`flow bisect ${good} ${bad} --where ${'end/0/loss > 0.5'}`,
    ]);
  }
  const condition = parseCondition(where);
  const client = clientFor(options, { err });
  const runs = runsBetween(client, { good, bad });
  const [first, last] = [runs[0] as Run, runs.at(-1) as Run];
  let looked = 2;
  const holds = (run: Run) => condition.holds((name) => valueIn(run, name));
  if (holds(first))
    throw new UsageError(
      `The condition already holds for ${first.pathspec}, which was given as the good run.`,
    );
  if (!holds(last))
    throw new UsageError(`The condition does not hold for ${last.pathspec}, which was given as the bad run.`);
  let [low, high] = [0, runs.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    looked += 1;
    if (holds(runs[middle] as Run)) high = middle;
    else low = middle;
  }
  const found = runs[high] as Run;
  const before = runs[low] as Run;
  if (options.json) {
    const document = {
      schema: 'oxbow.bisect/1',
      where,
      run: found.pathspec,
      before: before.pathspec,
      looked,
      runs: runs.length,
    };
    await sendDocument(document, out);
    return EXIT.ok;
  }
  if (!out.isTerminal) {
    await sendAll([`${found.pathspec}\n`], out);
    return EXIT.ok;
  }
  out.write(
    linesOf([
      text`${out.paint.name(found.pathspec)} is the first of ${runs.length} runs for which the condition holds (${looked} were read).`,
      text`The run before it is ${out.paint.name(before.pathspec)}.`,
      out.paint.faint(command`flow diff ${before.pathspec} ${found.pathspec}` + sameStore(options)),
    ]),
  );
  return EXIT.ok;
}

/** The runs of a flow from one to another that have ended, oldest first. */
function runsBetween(client: StoreClient, { good, bad }: Ends): Run[] {
  const [first, last] = [client.Run(good), client.Run(bad)];
  if (first.parent.id !== last.parent.id)
    throw new UsageError(`${first.pathspec} and ${last.pathspec} are runs of different flows.`);
  if (first.id >= last.id)
    throw new UsageError(`${first.pathspec} is not older than ${last.pathspec}. Give the good run first.`);
  const between = [...last.parent].filter((run) => run.id >= first.id && run.id <= last.id).reverse();
  const runs = between.filter((run) => run.id === first.id || run.id === last.id || run.finished);
  if (runs.length < 2)
    throw new NotFoundError({
      kind: 'run',
      wanted: bad,
      sentence: `There is nothing between ${good} and ${bad}.`,
    });
  return runs;
}
