import {
  type Artifact,
  isDamage,
  type LineageNode,
  NotFoundError,
  parseCondition,
  type Run,
  type StoreClient,
  type Turn,
  turnOf,
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
      'nothing is executed. Runs that have not ended, or lack what the condition asks for, are skipped.',
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
  const decide = (run: Run) => condition.decide((name) => valueIn(run, name));
  checkEnds(runs, { decide, names: condition.names });
  const turn = turnOf(runs, (run) => decided(run, decide));
  const candidates = [...turn.skipped, turn.first];
  const looked = turn.judged + 2;
  if (options.json) {
    const document = {
      schema: 'oxbow.bisect/1',
      where,
      run: turn.first.pathspec,
      before: turn.before.pathspec,
      skipped: turn.skipped.map(({ pathspec }) => pathspec),
      looked,
      runs: runs.length,
    };
    await sendDocument(document, out);
    return EXIT.ok;
  }
  if (!out.isTerminal) {
    await sendAll(
      candidates.map(({ pathspec }) => `${pathspec}\n`),
      out,
    );
    return EXIT.ok;
  }
  const { paint } = out;
  const among = `of ${runs.length} runs for which the condition holds (${looked} were read)`;
  out.write(
    linesOf([
      ...(candidates.length === 1
        ? [text`${paint.name(turn.first.pathspec)} is the first ${among}.`]
        : [
            text`One of these is the first ${among}:`,
            ...candidates.map((run) => text`  ${paint.name(run.pathspec)}${lacks(run, turn)}`),
          ]),
      text`The last before it for which it does not hold is ${paint.name(turn.before.pathspec)}.`,
      paint.faint(command`flow diff ${turn.before.pathspec} ${turn.first.pathspec}` + sameStore(options)),
    ]),
  );
  return EXIT.ok;
}

const lacks = (run: Run, { first }: Turn<Run>): string => (run === first ? '' : ' (lacks the value)');

/** Whether a condition holds for a run; undecided for one that cannot be read. */
function decided(run: Run, decide: (run: Run) => boolean | undefined): boolean | undefined {
  try {
    return decide(run);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return undefined;
  }
}

interface Condition {
  readonly decide: (run: Run) => boolean | undefined;
  readonly names: readonly string[];
}

/** Makes sure that a condition does not hold for the first run and does for the last. Throws UsageError. */
function checkEnds(runs: readonly Run[], { decide, names }: Condition): void {
  const [good, bad] = [runs[0] as Run, runs.at(-1) as Run];
  for (const end of [good, bad]) {
    if (decide(end) !== undefined) continue;
    const missing = names.filter((name) => (valueIn(end, name) ?? null) === null);
    const why = missing.length > 0 ? `it has no ${missing.join(', no ')}` : 'its values have no order';
    throw new UsageError(`Whether the condition holds for ${end.pathspec} cannot be told: ${why}.`, [
      command`flow show ${end.pathspec}`,
    ]);
  }
  if (decide(good))
    throw new UsageError(
      `The condition already holds for ${good.pathspec}, which was given as the good run.`,
    );
  if (!decide(bad))
    throw new UsageError(`The condition does not hold for ${bad.pathspec}, which was given as the bad run.`);
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
