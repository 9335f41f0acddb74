import { PlotError } from './plot-error.ts';
import type { PlotData, PlotTable } from './spec.ts';

/** A column as numbers: milliseconds since 1970 for times, indices into `names` for names, NaN for what is missing. */
export interface Column {
  readonly name: string;
  readonly type: 'number' | 'time' | 'name';
  readonly values: Float64Array;
  readonly names: readonly string[];
}

/** Gives the columns of data by name. */
export interface Columns {
  readonly length: number;
  readonly names: readonly string[];
  /** Throws PlotError when there is no such column, or when it mixes kinds of values. */
  get(name: string): Column;
}

/** Name of the one column that a list of numbers has. */
export const VALUE = 'value';

/** Finds the columns of rows, of a table or of a list of numbers. */
export function columnsOf(data: PlotData): Columns {
  if (isTable(data)) {
    const names = data.schema.fields.map(({ name }) => name);
    const first = names[0] === undefined ? [] : cellsOf(data, names[0]);
    return lookUp(names, (name) => (name === names[0] ? first : cellsOf(data, name)), first.length);
  }
  if (isByColumn(data)) {
    const all = Object.entries(data);
    const length = all[0]?.[1].length ?? 0;
    const odd = all.find(([, cells]) => cells.length !== length);
    if (odd)
      throw new PlotError(
        `Columns have the same length, but ${JSON.stringify(all[0]?.[0])} has ${length} values and ${JSON.stringify(odd[0])} ${odd[1].length}.`,
      );
    return lookUp(Object.keys(data), (name) => data[name] ?? [], length);
  }
  const list = data as ArrayLike<unknown>;
  if (typeof list?.length !== 'number' || typeof data === 'string')
    throw new PlotError('plot() takes rows, columns by name, an Arrow table or a list of numbers.');
  if (isRows(list)) {
    const rows = Array.from(list) as Record<string, unknown>[];
    return lookUp(
      [...new Set(rows.flatMap((row) => Object.keys(row ?? {})))],
      (name) => rows.map((row) => row?.[name]),
      rows.length,
    );
  }
  return lookUp([VALUE], () => list, list.length);
}

/** What an Arrow vector has beside its values, which lets numbers be taken as they lie. */
interface Vector extends Iterable<unknown> {
  readonly nullCount?: number;
  readonly type?: unknown;
  toArray?(): unknown;
}

/** The names of the columns of a type that have a value; columns that cannot be drawn have none. */
export const namesOfType = (columns: Columns, type: Column['type']): string[] =>
  columns.names.filter((name) => {
    try {
      const column = columns.get(name);
      return column.type === type && column.values.some(Number.isFinite);
    } catch (error) {
      if (error instanceof PlotError) return false;
      throw error;
    }
  });

/** The values of a column of a table, as they lie where they are numbers alone. */
export function cellsOf(table: PlotTable, name: string): ArrayLike<unknown> {
  const vector = table.getChild(name) as Vector | null;
  if (vector === null) return [];
  const type = String(vector.type ?? '');
  if (vector.nullCount === 0 && /^(Float(32|64)|U?[Ii]nt\d+)$/.test(type)) {
    const flat = vector.toArray?.();
    if (ArrayBuffer.isView(flat)) return flat as unknown as ArrayLike<unknown>;
  }
  const cells = [...vector];
  // Arrow gives times as milliseconds.
  return /^(Timestamp|Date)/.test(type)
    ? cells.map((cell) =>
        typeof cell === 'number' || typeof cell === 'bigint' ? new Date(Number(cell)) : cell,
      )
    : cells;
}

function lookUp(
  names: readonly string[],
  read: (name: string) => ArrayLike<unknown>,
  length: number,
): Columns {
  const known = new Map<string, Column>();
  return {
    length,
    names,
    get(name) {
      // Data without rows may have no columns either: its picture is empty, not an error.
      if (!names.includes(name) && length > 0)
        throw new PlotError(`There is no column ${JSON.stringify(name)}. Columns: ${names.join(', ')}.`);
      const column = known.get(name) ?? toColumn(name, length === 0 ? [] : read(name));
      known.set(name, column);
      return column;
    },
  };
}

function toColumn(name: string, cells: ArrayLike<unknown>): Column {
  if (ArrayBuffer.isView(cells) && !(cells instanceof BigInt64Array || cells instanceof BigUint64Array))
    return {
      name,
      type: 'number',
      values: Float64Array.from(cells as unknown as ArrayLike<number>),
      names: [],
    };
  const values = new Float64Array(cells.length).fill(Number.NaN);
  const indices = new Map<string, number>();
  let type: Column['type'] | undefined;
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (cell === null || cell === undefined || Number.isNaN(cell)) continue;
    const found = typeOf(cell);
    if (found === undefined || (type !== undefined && found !== type))
      throw new PlotError(
        `The column ${JSON.stringify(name)} cannot be drawn: ` +
          (found ? `it has a ${type} and a ${found}.` : `row ${i} is neither a number, a time nor a name.`),
      );
    type = found;
    if (found !== 'name') values[i] = Number(cell);
    else {
      const text = String(cell);
      const index = indices.get(text) ?? indices.size;
      indices.set(text, index);
      values[i] = index;
    }
  }
  return { name, type: type ?? 'number', values, names: [...indices.keys()] };
}

/** The column as names: numbers and times in ascending order, names as they come. */
export function asNames({ name, type, values, names }: Column): Column {
  if (type === 'name') return { name, type, values, names };
  const known = [...new Set(values)].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const places = new Map(known.map((value, i) => [value, i]));
  const nameOf = (value: number): string =>
    type === 'time' && Math.abs(value) <= 8.64e15 ? new Date(value).toISOString() : String(value);
  return {
    name,
    type: 'name',
    values: values.map((value) => places.get(value) ?? Number.NaN),
    names: known.map(nameOf),
  };
}

function typeOf(cell: unknown): Column['type'] | undefined {
  if (typeof cell === 'number' || typeof cell === 'bigint') return 'number';
  if (cell instanceof Date) return 'time';
  return typeof cell === 'string' || typeof cell === 'boolean' ? 'name' : undefined;
}

function isRows(list: ArrayLike<unknown>): boolean {
  if (ArrayBuffer.isView(list)) return false;
  for (let i = 0; i < list.length; i += 1) {
    const cell = list[i];
    if (cell !== null && cell !== undefined) return typeof cell === 'object' && !(cell instanceof Date);
  }
  return false;
}

/** Whether it is an object of lists, none of them called `length`. */
const isByColumn = (data: PlotData): data is { readonly [column: string]: ArrayLike<unknown> } =>
  typeof data === 'object' &&
  data !== null &&
  !Array.isArray(data) &&
  !ArrayBuffer.isView(data) &&
  Object.values(data).length > 0 &&
  Object.values(data).every((cells) => Array.isArray(cells) || ArrayBuffer.isView(cells));

const isTable = (data: PlotData): data is PlotTable =>
  typeof (data as Partial<PlotTable> | null)?.getChild === 'function';
