import {
  csvLine,
  formOf,
  markdownLine,
  parseColumns,
  type Run,
  runTableOf,
  tableBytes,
  valueIn,
} from '#client';
import { formText } from '../diff/value-text.ts';
import { type Output, sendAll, sendDocument } from '../output.ts';
import { drawTable } from '../plain/table.ts';
import { tsvLine } from '../plain/tsv.ts';
import { UsageError } from '../usage.ts';
import type { Listing } from './listing-of.ts';
import { nearest } from './nearest.ts';

/** Options of `flow runs` that ask for more than the plain list. */
export interface QueryOptions {
  /** More columns: `NAME=ADDRESS,…`, or addresses within the run alone. */
  readonly cols?: string;
  /** The column to sort by; nothing that is missing comes before what is there. */
  readonly sort?: string;
  /** The largest first. */
  readonly reverse?: true;
  readonly format?: string;
  readonly json?: true;
}

/** A list of runs with columns of the user's choice. */
export interface RunsQuery {
  /** Where each column finds its value, by name. */
  readonly columns: Readonly<Record<string, string>>;
  readonly sort: string | undefined;
  readonly isReversed: boolean;
  readonly format: Format;
}

const FORMATS = ['table', 'tsv', 'csv', 'md', 'json', 'arrow', 'parquet'] as const;
type Format = (typeof FORMATS)[number];

/** What every list has. */
const OWN = { run: 'run', status: 'status', startedAt: 'startedAt', seconds: 'seconds' };

/** Whether anything but the plain list is wanted. */
export const asksForMore = ({ cols, sort, reverse, format, json }: QueryOptions): boolean =>
  [cols, sort, reverse, format, json].some((option) => option !== undefined);

/** The query that options ask for. Throws UsageError, AddressError and ArgumentError. */
export function queryOf({ cols, sort, reverse, format, json }: QueryOptions): RunsQuery {
  const more = cols === undefined ? {} : parseColumns(cols);
  const taken = Object.keys(more).find((name) => Object.hasOwn(OWN, name));
  if (taken !== undefined)
    throw new UsageError(
      `Every list already has a column ${taken}. Give yours another name, such as other=${more[taken]}.`,
    );
  const columns = { ...OWN, ...more };
  if (sort !== undefined && !Object.hasOwn(columns, sort))
    nearest('--sort takes one', sort, Object.keys(columns));
  if (json && format !== undefined && format !== 'json')
    throw new UsageError('--json and --format contradict each other. Give one of them.');
  const wanted = json ? 'json' : format;
  const known = FORMATS.find((one) => one === wanted);
  if (wanted !== undefined && known === undefined) nearest('--format takes one', wanted, FORMATS);
  return { columns, sort, isReversed: reverse === true, format: known ?? 'table' };
}

interface Writing {
  readonly readable: Listing;
  readonly output: Output;
  /** At most so many rows. */
  readonly most: number | undefined;
}

type Row = Readonly<Record<string, unknown>>;

/** Writes the rows in the format that was asked for; `table` is one of tabs in a pipe. */
export async function writeQuery(
  runs: Iterable<Run>,
  { columns, sort, isReversed, format }: RunsQuery,
  { readable, output, most }: Writing,
): Promise<void> {
  const names = Object.keys(columns);
  const rowOf = (run: Run): Row =>
    Object.fromEntries(Object.entries(columns).map(([name, address]) => [name, cellOf(run, name, address)]));
  let rows = [...readable.read(runs, rowOf)];
  if (sort !== undefined) rows.sort((x, y) => inOrder(x[sort], y[sort]));
  if (isReversed) rows.reverse();
  // What is missing stays behind what is there, in either direction.
  if (sort !== undefined)
    rows = [...rows.filter((row) => isThere(row[sort])), ...rows.filter((row) => !isThere(row[sort]))];
  if (most !== undefined) rows = rows.slice(0, most);
  if (format === 'json') {
    const forms = rows.map((row) =>
      Object.fromEntries(names.map((name) => [name, formOf(row[name] ?? null)])),
    );
    return sendDocument({ schema: 'oxbow.runs/1', runs: forms }, output);
  }
  if (format === 'arrow' || format === 'parquet') {
    if (output.isTerminal)
      throw new UsageError(
        `A terminal cannot show ${format}. Write it to a file: flow runs ... --format ${format} > runs.${format}`,
      );
    output.send(tableBytes(tableOf(names, rows), format));
    return;
  }
  if (format === 'table' && output.isTerminal) {
    const cells = rows.map((row) => names.map((name) => wordOf(row[name])));
    const shape = names.map((name, index) => ({
      title: TITLES.get(name) ?? name,
      ...(rows.some((row) => typeof row[name] === 'number') ? { align: 'right' as const } : {}),
      ...(name === 'run'
        ? { cut: 'middle' as const }
        : { drop: DROPPED_FIRST.indexOf(name) + 1 || names.length + 9 - index }),
    }));
    output.write((await drawTable({ columns: shape, rows: cells }, output)).text);
    return;
  }
  await sendAll(linesOf(names, rows, format), output);
}

const tableOf = (names: readonly string[], rows: readonly Row[]) =>
  runTableOf(
    names.map((name) => ({
      name,
      values: rows.map((row) => (name === 'startedAt' ? new Date(String(row[name])) : row[name])),
    })),
  );

const TITLES: ReadonlyMap<string, string> = new Map([
  ['run', 'RUN'],
  ['status', 'STATUS'],
  ['startedAt', 'STARTED'],
  ['seconds', 'SECONDS'],
]);
/** Columns that make room for those that were asked for. */
const DROPPED_FIRST = ['startedAt', 'seconds', 'status'];

/** A run is told by its address, for it may be copied into another command. */
const cellOf = (run: Run, name: string, address: string): unknown =>
  name === 'run' && address === 'run' ? run.pathspec : (valueIn(run, address) ?? null);

const isThere = (value: unknown): boolean => value !== null && !Number.isNaN(value);

const isNumber = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

function inOrder(x: unknown, y: unknown): number {
  const [isX, isY] = [isNumber(x), isNumber(y)];
  // Numbers come before everything else, so that a mixture has one order.
  if (isX !== isY) return isX ? -1 : 1;
  if (isNumber(x) && isNumber(y)) return x < y ? -1 : x > y ? 1 : 0;
  const [a, b] = [wordOf(x), wordOf(y)];
  return a < b ? -1 : a > b ? 1 : 0;
}

const wordOf = (value: unknown): string => {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? value.join(',')
    : formText(formOf(value));
};

function* linesOf(names: readonly string[], rows: readonly Row[], format: Format): Generator<string> {
  const line = LINES[format === 'csv' || format === 'md' ? format : 'tsv'];
  // A list in a pipe has no heading, as in `flow runs` alone; a format that was asked for has.
  if (format !== 'table') yield line(names);
  if (format === 'md') yield line(names.map(() => '---'));
  for (const row of rows) yield line(names.map((name) => wordOf(row[name])));
}

const LINES = {
  tsv: tsvLine,
  csv: csvLine,
  md: markdownLine,
} as const;
