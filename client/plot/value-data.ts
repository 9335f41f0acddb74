import { asTable } from '#store';
import { cellsOf, columnsOf, namesOfType } from './column.ts';
import type { PlotSpec, PlotTable } from './spec.ts';

/** Columns by name, all of one length. */
export type PlotColumns = Readonly<Record<string, ArrayLike<unknown>>>;

/** The columns that a value has, and the plot that suits it when nothing else is said. */
export interface Drawable {
  readonly columns: PlotColumns;
  readonly spec: PlotSpec;
}

/** Rows of a matrix up to which they are told by name: the first is then on top. */
const MOST_NAMED = 100;

/**
 * What can be drawn of a value: a list of numbers or times is a line, a list of names their counts, a list of lists of numbers a heat map, an object of numbers
 * bars; tables, lists of objects and objects of lists have their columns. Undefined for anything else.
 */
export function drawableOf(value: unknown): Drawable | undefined {
  const table = asTable(value);
  if (table) return tabular(columnsOfTable(table as unknown as PlotTable));
  if (isList(value)) return listed(value);
  if (!isPlain(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length === 0) return undefined;
  if (entries.every(([, one]) => typeof one === 'number' || typeof one === 'bigint'))
    return {
      columns: { name: entries.map(([name]) => name), value: entries.map(([, one]) => one) },
      spec: { kind: 'bar', x: 'name', y: 'value' },
    };
  const first = entries[0]?.[1];
  const isColumns = entries.every(
    ([, one]) => isList(one) && isList(first) && one.length === first.length && !isList(one[0]),
  );
  return isColumns ? tabular(value as PlotColumns) : undefined;
}

/** The columns of a table. */
export const columnsOfTable = (table: PlotTable): PlotColumns =>
  Object.fromEntries(table.schema.fields.map(({ name }) => [name, cellsOf(table, name)]));

/** The same columns of several values under each other, with the column `source` that tells them apart. */
export function overlaid(
  parts: readonly { readonly name: string; readonly columns: PlotColumns }[],
): PlotColumns {
  const names = [...new Set(parts.flatMap(({ columns }) => Object.keys(columns)))];
  const lengthOf = (columns: PlotColumns): number => Object.values(columns)[0]?.length ?? 0;
  const all = names.map((name) => [
    name,
    joined(parts.map(({ columns }) => columns[name] ?? new Array<null>(lengthOf(columns)).fill(null))),
  ]);
  const source = parts.flatMap(({ name, columns }) => new Array<string>(lengthOf(columns)).fill(name));
  return { ...Object.fromEntries(all), source };
}

function listed(list: ArrayLike<unknown>): Drawable | undefined {
  if (ArrayBuffer.isView(list)) return { columns: withRows(list), spec: { x: 'row', y: 'value' } };
  const items = list as readonly unknown[];
  const some = items.find((item) => item !== null && item !== undefined);
  if (isList(some)) return matrix(items as readonly ArrayLike<unknown>[]);
  if (isPlain(some)) return tabular(columnsOfRows(items as readonly Readonly<Record<string, unknown>>[]));
  if (typeof some === 'string' || typeof some === 'boolean') return counted(items);
  const isNumeric = (item: unknown): boolean =>
    item === null ||
    item === undefined ||
    typeof item === 'number' ||
    typeof item === 'bigint' ||
    item instanceof Date;
  return items.every(isNumeric) ? { columns: withRows(items), spec: { x: 'row', y: 'value' } } : undefined;
}

const withRows = (value: ArrayLike<unknown>): PlotColumns => ({
  row: Float64Array.from({ length: value.length }, (_, i) => i),
  value,
});

function counted(items: readonly unknown[]): Drawable {
  const counts = new Map<string, number>();
  for (const item of items)
    if (item !== null && item !== undefined) counts.set(String(item), (counts.get(String(item)) ?? 0) + 1);
  return {
    columns: { value: [...counts.keys()], count: [...counts.values()] },
    spec: { kind: 'bar', x: 'value', y: 'count' },
  };
}

function matrix(rows: readonly ArrayLike<unknown>[]): Drawable | undefined {
  const columns: { row: unknown[]; column: unknown[]; value: unknown[] } = { row: [], column: [], value: [] };
  const isNamed = rows.length <= MOST_NAMED;
  for (const [row, cells] of rows.entries()) {
    if (!isList(cells)) return undefined;
    for (let column = 0; column < cells.length; column += 1) {
      const cell = cells[column];
      if (cell !== null && typeof cell !== 'number' && typeof cell !== 'bigint') return undefined;
      columns.row.push(isNamed ? String(row) : row);
      columns.column.push(column);
      columns.value.push(cell);
    }
  }
  return { columns, spec: { kind: 'heatmap', x: 'column', y: 'row', color: 'value' } };
}

/** The first numbers over the times, or over numbers before them that ascend (epochs, steps); else over the number of the row. */
function tabular(columns: PlotColumns): Drawable {
  const all = columnsOf(columns);
  const [first, second] = namesOfType(all, 'number');
  const [time] = namesOfType(all, 'time');
  if (first === undefined) return { columns, spec: {} };
  if (time !== undefined) return { columns, spec: { x: time, y: first } };
  const { values } = all.get(first);
  const isAscending = values.every((value, i) => i === 0 || value > (values[i - 1] as number));
  return { columns, spec: second !== undefined && isAscending ? { x: first, y: second } : { y: first } };
}

function columnsOfRows(rows: readonly Readonly<Record<string, unknown>>[]): PlotColumns {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row ?? {})))];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row?.[name])]));
}

function joined(parts: readonly ArrayLike<unknown>[]): ArrayLike<unknown> {
  if (!parts.every((part) => part instanceof Float64Array)) return parts.flatMap((part) => Array.from(part));
  const out = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part as Float64Array, at);
    at += part.length;
  }
  return out;
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value && !Buffer.isBuffer(value));

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);
