import {
  csvLine,
  formOf,
  markdownLine,
  parseColumns,
  type Run,
  runTableOf,
  type Status,
  tableBytes,
  usualColumns,
  valueIn,
} from '#client';
import { formText, numberText } from '../diff/value-text.ts';
import { type Output, sendAll, sendDocument } from '../output.ts';
import { type Cell, drawTable } from '../plain/table.ts';
import { tsvLine } from '../plain/tsv.ts';
import { UsageError } from '../usage.ts';
import type { Listing } from './listing-of.ts';
import { nearest } from './nearest.ts';
import { statusSign } from './status.ts';

/** Options of `flow runs` that ask for more than the plain list. */
export interface QueryOptions {
  /** More columns: `NAME=ADDRESS,…`, or addresses within the run alone. */
  readonly cols?: string;
  /** The column to sort by; nothing that is missing comes before what is there. */
  readonly sort?: string;
  /** The largest first. */
  readonly reverse?: true;
  /** Without the columns that are the same in all rows; without `cols`, metrics and parameters are the columns. */
  readonly onlyChanged?: true;
  readonly format?: string;
  readonly json?: true;
}

/** A list of runs with columns of the user's choice. */
export interface RunsQuery {
  /** Where each column finds its value, by name. */
  readonly columns: Readonly<Record<string, string>>;
  readonly sort: string | undefined;
  readonly isReversed: boolean;
  /** Columns that are the same in all rows are left out. */
  readonly isOnlyChanged: boolean;
  /** Metrics and parameters of the runs are columns, too. */
  readonly hasUsual: boolean;
  readonly format: Format;
}

const FORMATS = ['table', 'tsv', 'csv', 'md', 'json', 'arrow', 'parquet'] as const;
type Format = (typeof FORMATS)[number];

/** What every list has. */
const OWN = { run: 'run', status: 'status', startedAt: 'startedAt', seconds: 'seconds' };

/** Whether anything but the plain list is wanted. */
export const asksForMore = ({ cols, sort, reverse, onlyChanged, format, json }: QueryOptions): boolean =>
  [cols, sort, reverse, onlyChanged, format, json].some((option) => option !== undefined);

/** The query that options ask for. Throws UsageError, AddressError and ArgumentError. */
export function queryOf({ cols, sort, reverse, onlyChanged, format, json }: QueryOptions): RunsQuery {
  const more = cols === undefined ? {} : parseColumns(cols);
  const taken = Object.keys(more).find((name) => Object.hasOwn(OWN, name));
  if (taken !== undefined)
    throw new UsageError(
      `Every list already has a column ${taken}. Give yours another name, such as other=${more[taken]}.`,
    );
  const columns = { ...OWN, ...more };
  const hasUsual = onlyChanged === true && cols === undefined;
  // The others are known when the runs are.
  if (!hasUsual) checkSort(sort, columns);
  if (json && format !== undefined && format !== 'json')
    throw new UsageError('--json and --format contradict each other. Give one of them.');
  const wanted = json ? 'json' : format;
  const known = FORMATS.find((one) => one === wanted);
  if (wanted !== undefined && known === undefined) nearest('--format takes one', wanted, FORMATS);
  return {
    columns,
    sort,
    isReversed: reverse === true,
    isOnlyChanged: onlyChanged === true,
    hasUsual,
    format: known ?? 'table',
  };
}

function checkSort(sort: string | undefined, columns: RunsQuery['columns']): void {
  if (sort !== undefined && !Object.hasOwn(columns, sort))
    nearest('--sort takes one', sort, Object.keys(columns));
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
  found: Iterable<Run>,
  { columns: asked, sort, isReversed, isOnlyChanged, hasUsual, format }: RunsQuery,
  { readable, output, most }: Writing,
): Promise<void> {
  const runs = hasUsual ? [...found] : found;
  const columns = hasUsual ? { ...asked, ...usualOf(runs) } : asked;
  if (hasUsual) checkSort(sort, columns);
  const rowOf = (run: Run): Row =>
    Object.fromEntries(Object.entries(columns).map(([name, address]) => [name, cellOf(run, name, address)]));
  const isInOrder = sort === undefined && !isReversed;
  let rows = [...first(isInOrder ? most : undefined, readable.read(runs, rowOf))];
  if (sort !== undefined) rows.sort((x, y) => inOrder(x[sort], y[sort]));
  if (isReversed) rows.reverse();
  // What is missing stays behind what is there, in either direction.
  if (sort !== undefined)
    rows = [...rows.filter((row) => isThere(row[sort])), ...rows.filter((row) => !isThere(row[sort]))];
  if (most !== undefined) rows = rows.slice(0, most);
  const all = Object.keys(columns);
  const names = isOnlyChanged ? all.filter((name) => name === 'run' || isChanging(name, rows)) : all;
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
    const cells = rows.map((row) => names.map((name) => cellFor(name, row[name], output)));
    const shape = names.map((name, index) => ({
      title: TITLES.get(name) ?? name,
      ...(rows.some((row) => typeof row[name] === 'number') ? { align: 'right' as const } : {}),
      ...(name === 'run' || name === sort
        ? { cut: 'middle' as const }
        : { drop: DROPPED_FIRST.indexOf(name) + 1 || names.length + 9 - index }),
    }));
    output.write((await drawTable({ columns: shape, rows: cells }, output)).text);
    return;
  }
  await sendAll(linesOf(names, rows, format), output);
}

/** The first of some rows, all without a number; no more of them are asked for. */
function* first<T>(most: number | undefined, rows: Iterable<T>): Generator<T> {
  let count = 0;
  if (most === 0) return;
  for (const row of rows) {
    yield row;
    count += 1;
    if (count === most) return;
  }
}

/** A value on a terminal: numbers with as many digits as tell them apart. */
function cellFor(name: string, value: unknown, output: Output): Cell {
  if (name === 'run') return { text: wordOf(value), brush: output.paint.name };
  if (name !== 'status') return { text: typeof value === 'number' ? numberText(value) : wordOf(value) };
  const { sign, brush } = statusSign(value as Status, output);
  return { text: `${sign} ${value}`, brush };
}

/** The columns that are worth it, by name. */
const usualOf = (runs: Iterable<Run>): RunsQuery['columns'] =>
  Object.fromEntries(usualColumns([...runs]).map(({ name, address }) => [name, address]));

/** Whether not all rows have the same in a column. A row alone has nothing to be held against. */
function isChanging(name: string, rows: readonly Row[]): boolean {
  const [first, ...rest] = rows.map((row) => JSON.stringify(formOf(row[name] ?? null)));
  return rest.length === 0 || rest.some((other) => other !== first);
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
