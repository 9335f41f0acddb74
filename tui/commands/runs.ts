import {
  briefOf,
  expectMany,
  NotFoundError,
  parseCondition,
  type Run,
  RunTags,
  type StoreClient,
  valueIn,
} from '#client';
import type { Host } from '../host.ts';
import { type Output, sendAll } from '../output.ts';
import { command } from '../plain/shell.ts';
import { type Cell, drawTable } from '../plain/table.ts';
import { type Text, text } from '../plain/text.ts';
import { tsvLine } from '../plain/tsv.ts';
import { ago, duration, listing, seconds } from '../plain/words.ts';
import { type ReadOptions, sameStore } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import { Listing } from './listing-of.ts';
import { clientFor } from './open.ts';
import { type Outcomes, outcomesOf } from './runs-outcomes.ts';
import { asksForMore, type QueryOptions, queryOf, writeQuery } from './runs-query.ts';
import { statusSign } from './status.ts';

/** Options of `flow runs`. */
export interface RunsOptions extends ReadOptions, QueryOptions {
  /** List at most so many runs. */
  readonly number?: number;
  /** Only runs that carry all of these tags, user or system tags. */
  readonly tag?: readonly string[];
  /** Only runs for which this expression holds. */
  readonly where?: string;
}

/** A terminal gets what fits it; a program all. */
const ON_TERMINAL = 20;
/** From so many runs on, what is kept of all costs less than to open each. */
const MANY = 100;

/**
 * `flow runs [FLOW]`: lists runs, newest first. For programs a run is a line: address, status, start (ISO 8601), seconds (empty
 * while unknown), number of tasks, tags (separated by commas).
 */
export async function runs(
  flow: string | undefined,
  options: RunsOptions,
  { out, err }: Host,
): Promise<number> {
  if (flow === '')
    throw new UsageError('FLOW is empty. Name a flow, or leave it out to list the runs of all.');
  if (flow?.includes('/')) {
    throw new UsageError(`flow runs takes the name of a flow, but was given ${JSON.stringify(flow)}.`, [
      command`flow show ${flow}`,
    ]);
  }
  const client = clientFor(options, { err });
  const asked = asksForMore(options) ? queryOf(options) : undefined;
  const flows = flow === undefined ? client.Flows() : [client.Flow(flow)];
  const most = options.number ?? (out.isTerminal ? ON_TERMINAL : Number.POSITIVE_INFINITY);
  if (asked || options.where !== undefined || most > MANY) for (const one of flows) expectMany(one);
  const all = newestFirst(flows);
  const readable = new Listing(err);
  const tagged = new Tagged(options.tag ?? [], readable);
  const condition = options.where === undefined ? undefined : parseCondition(options.where);
  const found = chosen(tagged.of(all), condition, readable);
  if (asked) {
    await writeQuery(found, asked, { readable, output: out, most: options.number });
    if (options.number !== 0) tagged.assertKnown(client.store);
    return readable.code;
  }
  const tagsOf = new RunTags();
  if (!out.isTerminal) {
    const lines = readable.read(found, (run) => tsvLine(valuesOf(run, tagsOf)));
    await sendAll(first(most, lines), out);
    tagged.assertKnown(client.store);
    return readable.code;
  }
  const rows = readable.read(found, (run) => ({ run, cells: cellsOf(run, tagsOf, out) }));
  const listed = [...first(most, rows)];
  if (listed.length === 0 && most > 0) tagged.assertKnown(client.store);
  if (listed.length > 0) {
    // Runs of several flows have little in common.
    const more = flow === undefined ? [] : outcomesOf(listed, out);
    out.write(await tableOf(listed, more, out));
  } else err.write(text`No runs${taggedText(options.tag)} in ${client.store}.\n`);
  if (options.number === undefined && rows.next().done !== true) {
    const { tag: tags = [], where } = options;
    const same = [flow ?? [], tags.map((tag) => ['--tag', tag]), where ? ['--where', where] : []].flat(2);
    err.write(
      text`${err.paint.faint(`There are more: ${command`flow runs ${[...same, '-n', '100']}`}${sameStore(options)}`)}\n`,
    );
  }
  return readable.code;
}

/** The runs for which a condition holds. */
function* chosen(
  runs: Iterable<Run>,
  condition: Condition | undefined,
  readable: Listing,
): Generator<Run, undefined> {
  if (condition === undefined) return yield* runs;
  for (const run of runs) {
    if (readable.try(run, () => condition.holds((name) => valueIn(run, name)))) yield run;
  }
  return undefined;
}

type Condition = ReturnType<typeof parseCondition>;

/** Selects the runs that carry all of some tags, and notes the tags there are. */
class Tagged {
  readonly #tags: readonly string[];
  readonly #readable: Listing;
  readonly #seen = new Set<string>();
  #isFound = false;

  constructor(tags: readonly string[], readable: Listing) {
    this.#tags = tags;
    this.#readable = readable;
  }

  *of(runs: Iterable<Run>): Generator<Run, undefined> {
    for (const run of runs) {
      if (this.#tags.length > 0 && !this.#readable.try(run, () => this.#hasAll(run))) continue;
      this.#isFound = true;
      yield run;
    }
  }

  /** Throws NotFoundError when all runs have been looked at, and none has one of the tags: it is misspelt. */
  assertKnown(store: string): void {
    const wanted = this.#isFound ? undefined : this.#tags.find((tag) => !this.#seen.has(tag));
    if (wanted === undefined) return;
    const sentence = `No run in ${store} has the tag ${JSON.stringify(wanted)}.`;
    throw new NotFoundError({ kind: 'tag', wanted, sentence, known: { 'The tags are': [...this.#seen] } });
  }

  #hasAll(run: Run): boolean {
    const { tags } = run;
    for (const tag of tags) this.#seen.add(tag);
    return this.#tags.every((tag) => tags.includes(tag));
  }
}

const taggedText = (tags: readonly string[] = []): string =>
  tags.length === 0 ? '' : ` with the ${tags.length === 1 ? 'tag' : 'tags'} ${listing(tags)}`;

/** The first of a generator's items, as they are asked for; it can be asked for more. */
function* first<T>(most: number, items: Iterator<T>): Generator<T> {
  for (let count = 0; count < most; count += 1) {
    const { done, value } = items.next();
    if (done) return;
    yield value;
  }
}

type Flow = ReturnType<StoreClient['Flows']>[number];

/** Merges the runs of flows; their ids sort by time. Opens one run of each flow ahead. */
function* newestFirst(flows: readonly Flow[]): Generator<Run, undefined> {
  const [only] = flows;
  if (flows.length === 1 && only !== undefined) return yield* only;
  const heads = flows.map((flow) => {
    const rest = flow[Symbol.iterator]();
    return { rest, next: rest.next() };
  });
  for (;;) {
    let newest: { rest: Iterator<Run>; next: IteratorResult<Run> } | undefined;
    for (const head of heads) {
      if (!head.next.done && (newest === undefined || head.next.value.id > newest.next.value.id))
        newest = head;
    }
    if (!newest) return undefined;
    yield newest.next.value;
    newest.next = newest.rest.next();
  }
}

function valuesOf(run: Run, tags: RunTags): string[] {
  const { createdAt, totals } = briefOf(run);
  const took = tookOf(run);
  return [
    run.pathspec,
    run.status,
    createdAt,
    took === undefined ? '' : seconds(took),
    String(totals.tasks),
    tags.of(run).join(','),
  ];
}

/** How long a run took, or takes so far, in milliseconds; of a crashed one nobody knows. */
function tookOf(run: Run): number | undefined {
  const { createdAt, finishedAt } = briefOf(run);
  if (finishedAt !== undefined) return Date.parse(finishedAt) - Date.parse(createdAt);
  return run.status === 'running' ? Date.now() - Date.parse(createdAt) : undefined;
}

interface ListedRow {
  readonly run: Run;
  readonly cells: readonly (Cell | string)[];
}

/** Place of the tags among the cells of a row, the last one. */
const TAGS = 5;

async function tableOf(rows: readonly ListedRow[], more: readonly Outcomes[], output: Output): Promise<Text> {
  const isTagged = rows.some(({ cells }) => cells.at(TAGS) !== '');
  const { text: drawn } = await drawTable(
    {
      columns: [
        { title: 'RUN', cut: 'middle' },
        { title: 'STATUS' },
        { title: 'STARTED', align: 'right', drop: 3 },
        { title: 'DURATION', align: 'right', drop: 4 },
        { title: 'TASKS', align: 'right', drop: 2 },
        ...(isTagged ? [{ title: 'TAGS', drop: 1 }] : []),
        // Parameters give way first, metrics after the tasks; of each the last ones first.
        ...more.map(({ name, align, isMetric }, index) => ({
          title: name,
          align,
          drop: isMetric ? 3 - (index + 1) / (more.length + 1) : -index,
        })),
      ],
      rows: rows.map(({ cells }, index) => [
        ...(isTagged ? cells : cells.slice(0, TAGS)),
        ...more.map((one) => one.cells[index] ?? ''),
      ]),
    },
    output,
  );
  return drawn;
}

function cellsOf(run: Run, tags: RunTags, output: Output): ListedRow['cells'] {
  const { status } = run;
  const { sign, brush } = statusSign(status, output);
  const took = tookOf(run);
  return [
    { text: run.pathspec, brush: output.paint.name },
    { text: `${sign} ${status}`, brush },
    ago(Date.now() - run.createdAt.getTime()),
    took === undefined ? '' : duration(took),
    String(briefOf(run).totals.tasks),
    tags.of(run).join(', '),
  ];
}
