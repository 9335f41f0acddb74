import {
  type Artifact,
  type Flow,
  isDamage,
  type LineageNode,
  lineageDown,
  lineageUp,
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
import { prose } from '../plain/prose.ts';
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

interface LogOptions extends HistoryOptions {
  readonly number?: string;
}

interface LineageWords extends HistoryOptions {
  readonly up?: true;
  readonly down?: true;
  readonly depth?: string;
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
      'changes to the rest of the value do not count. Of a flow, or from a run on, lists the runs with what changed in each against the run before.',
    argument: '<ADDRESS>',
    options: [{ flags: '-n, --number <N>', help: 'List at most N runs' }, JSON_OPTION('oxbow.log/1')],
    act: ([address = ''], options, host) => log(address, options as LogOptions, host),
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
      'Shows as a tree which artifacts of other runs went into a run, step, task or artifact, and which tasks of other runs read it, or what was made of it. ' +
      'Recorded are reads through the client, files of IncludeFile, and what was reused of earlier runs.',
    argument: '<ADDRESS>',
    options: [
      { flags: '--up', help: 'Only what it was made from' },
      { flags: '--down', help: 'Only where it was used' },
      { flags: '--depth <N>', help: 'Follow it through at most N runs' },
      JSON_OPTION('oxbow.lineage/1'),
    ],
    act: ([address = ''], options, host) => lineage(address, options as LineageWords, host),
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

async function log(address: string, options: LogOptions, host: Host): Promise<number> {
  const { out, err } = host;
  const client = clientFor(options, { err });
  const isFlow = !address.includes('/') && !/[~@#]/.test(address);
  const found = client.resolve(address);
  if (found.kind === 'run') return logRuns({ client, from: isFlow ? found.parent : found }, options, host);
  const artifact = artifactAt(client, address, options);
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

/** Runs of a flow, newest first, from one of them on: each with what changed against the run before. */
async function logRuns(
  { client, from }: { readonly client: StoreClient; readonly from: Flow | Run },
  options: LogOptions,
  { out, err }: Host,
): Promise<number> {
  const readable = new Listing(err);
  const most =
    mostOf(options.number) ?? (out.isTerminal && !options.json ? ON_TERMINAL : Number.POSITIVE_INFINITY);
  const runs: Run[] = [];
  for (const run of from.kind === 'flow' ? from : from.parent) {
    if (from.kind === 'run' && run.id > from.id) continue;
    // One more, to compare the last with.
    if (runs.push(run) > most) break;
  }
  const logged = runs.slice(0, most).flatMap((run, index) => {
    const entry = readable.try(run, () =>
      loggedOf(client, run, { before: runs[index + 1], isWhole: options.json === true }),
    );
    return entry ? [entry] : [];
  });
  if (options.json) {
    const document = { schema: 'oxbow.log/1', address: from.pathspec, runs: logged };
    await sendDocument(document, out);
    return readable.code;
  }
  const rows = logged.map(({ address, status, createdAt, changes }) => [
    ...[address, status, createdAt],
    changes === null ? 'the first run' : changes.join(', ') || 'nothing changed',
  ]);
  if (!out.isTerminal) await sendAll(rows.map(tsvLine), out);
  else {
    const columns = [
      { title: 'RUN', cut: 'middle' },
      { title: 'STATUS' },
      { title: 'CREATED', drop: 1 },
      { title: 'CHANGED' },
    ] as const;
    out.write((await drawTable({ columns, rows }, out)).text);
  }
  return readable.code;
}

/** A terminal gets what fits it; a program all. */
const ON_TERMINAL = 20;
/** So many changes of a run are named. */
const NAMED = 4;

function mostOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const number = Number(word);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new UsageError(`-n takes a whole number, but was given ${JSON.stringify(word)}.`);
}

interface Logging {
  readonly before: Run | undefined;
  /** Whether all paths are wanted, rather than a few words. */
  readonly isWhole: boolean;
}

/** What is told of a run: `changes` are null when there is none before it. */
function loggedOf(client: StoreClient, run: Run, { before, isWhole }: Logging) {
  const found = before && client.diff(before, run);
  const told = found && (isWhole ? found.changes.map(({ path }) => path) : changesOf(found, stepsOf(run)));
  return {
    address: run.pathspec,
    status: run.status,
    createdAt: run.createdAt.toISOString(),
    changes: told ?? null,
  };
}

const stepsOf = (run: Run): string[] => run.graph.steps.map(({ name }) => name);

/** What changed between two runs in a few words: what went in comes first, and what is only handed on is named once. */
function changesOf({ changes }: ReturnType<StoreClient['diff']>, steps: readonly string[]): string[] {
  const folders = ['parameters', 'constants', 'code', ...steps];
  const rank = ({ path }: { readonly path: string }) => folders.indexOf(path.split('/', 1)[0] ?? '');
  const told = new Set<string>();
  const distinct = changes
    .toSorted((x, y) => rank(x) - rank(y))
    .filter(({ path, a, b }) => {
      const identity = `${path.split('/').at(-1)} ${a?.digest} ${b?.digest}`;
      const isNew = !(a && b) || !told.has(identity);
      told.add(identity);
      return isNew;
    });
  const words = distinct.slice(0, NAMED).map(({ path, status, kind, a, b }) => {
    const sign = status === 'A' ? '+' : status === 'D' ? '-' : '';
    const values = kind === 'number' && a && b ? ` ${oneLine(a.value)} > ${oneLine(b.value)}` : '';
    return `${sign}${path}${values}`;
  });
  return distinct.length > NAMED ? [...words, `${distinct.length - NAMED} more`] : words;
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

async function lineage(address: string, options: LineageWords, { out, err }: Host): Promise<number> {
  const found = clientFor(options, { err }).resolve(address);
  const depth = depthOf(options.depth);
  const wantsBoth = options.up === options.down;
  const up = wantsBoth || options.up ? lineageUp(found, { depth }) : undefined;
  const down = wantsBoth || options.down ? lineageDown(found, { depth }) : undefined;
  if (options.json) {
    const document = { schema: 'oxbow.lineage/1', address: found.pathspec, up, down };
    await sendDocument(document, out);
    return EXIT.ok;
  }
  const lines = [
    text`${out.paint.name(found.pathspec)}`,
    ...(up ? branch('made from', up, { out, owner: found.pathspec }) : []),
    ...(down ? branch('used by', down, { out, owner: found.pathspec }) : []),
  ];
  out.write(linesOf(lines));
  return EXIT.ok;
}

function depthOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const depth = Number(word);
  if (Number.isSafeInteger(depth) && depth > 0) return depth;
  throw new UsageError(`--depth takes a whole number from 1, but was given ${JSON.stringify(word)}.`);
}

interface Drawing {
  readonly out: Output;
  /** What the nodes lie beyond of: where it was read is told when that is somewhere else. */
  readonly owner: string;
}

function branch(heading: string, nodes: readonly LineageNode[], drawing: Drawing): Text[] {
  return [
    text`  ${heading}:${nodes.length === 0 ? ' nothing recorded' : ''}`,
    ...treeLines(nodes, '  ', drawing),
  ];
}

function treeLines(nodes: readonly LineageNode[], indent: string, { out, owner }: Drawing): Text[] {
  const { paint, glyphs } = out;
  const [corner, tee, bar] = glyphs.bar === '|' ? ['`- ', '|- ', '|  '] : ['└─ ', '├─ ', '│  '];
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1;
    return [
      text`${indent}${isLast ? corner : tee}${paint.name(node.address)}${paint.faint(noteOf(node, owner))}`,
      ...treeLines(node.children, indent + (isLast ? '   ' : bar), { out, owner: node.address }),
    ];
  });
}

/** What is told of a node behind its address. */
function noteOf({ how, by, isGone, isRepeated, problem }: LineageNode, owner: string): string {
  const place = by?.split('/').slice(2).join('/');
  const notes = [
    ...(how === 'reused' ? ['reused'] : how === 'file' ? ['a file'] : []),
    ...(how !== 'reused' && by !== undefined && !`${owner}/`.startsWith(`${by}/`)
      ? [`read in ${place}`]
      : []),
    ...(isGone ? ['deleted'] : isRepeated ? ['see above'] : []),
    ...(problem === undefined ? [] : [problem]),
  ];
  return notes.length === 0 ? '' : ` (${notes.join(', ')})`;
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
        ? [text`${paint.name(turn.first.pathspec)}`, ...prose(`It is the first ${among}.`, out)]
        : [
            ...prose(`One of these is the first ${among}:`, out),
            ...candidates.map((run) => text`  ${paint.name(run.pathspec)}${lacks(run, turn)}`),
          ]),
      'The last before it for which it does not hold:',
      text`${paint.name(turn.before.pathspec)}`,
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
