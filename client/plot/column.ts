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
  /** Throws PlotError when there is no such column, or when it mixes kinds of values. */
  get(name: string, asNames?: boolean): Column;
}

/** Name of the one column that a list of numbers has. */
export const VALUE = 'value';

/** Finds the columns of rows, of a table or of a list of numbers. */
export function columnsOf(data: PlotData): Columns {
  if (isTable(data)) {
    const names = data.schema.fields.map(({ name }) => name);
    const all = new Map<string, unknown[]>();
    const read = (name: string): unknown[] => {
      const known = all.get(name) ?? [...(data.getChild(name) ?? [])];
      all.set(name, known);
      return known;
    };
    return lookUp(names, read, names[0] === undefined ? 0 : read(names[0]).length);
  }
  const list = data as ArrayLike<unknown>;
  if (typeof list?.length !== 'number' || typeof data === 'string')
    throw new PlotError('plot() takes rows, an Arrow table or a list of numbers.');
  if (isRows(list)) {
    const rows = Array.from(list) as Record<string, unknown>[];
    return lookUp(
      [...new Set(rows.flatMap(Object.keys))],
      (name) => rows.map((row) => row[name]),
      rows.length,
    );
  }
  return lookUp([VALUE], () => list, list.length);
}

function lookUp(
  names: readonly string[],
  read: (name: string) => ArrayLike<unknown>,
  length: number,
): Columns {
  return {
    length,
    get(name, asNames = false) {
      // Data without rows may have no columns either: its picture is empty, not an error.
      if (!names.includes(name) && length > 0)
        throw new PlotError(`There is no column ${JSON.stringify(name)}. Columns: ${names.join(', ')}.`);
      return toColumn(name, length === 0 ? [] : read(name), asNames);
    },
  };
}

function toColumn(name: string, cells: ArrayLike<unknown>, asNames: boolean): Column {
  const values = new Float64Array(cells.length).fill(Number.NaN);
  const indices = new Map<string, number>();
  let type: Column['type'] | undefined = asNames ? 'name' : undefined;
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i];
    if (cell === null || cell === undefined || Number.isNaN(cell)) continue;
    const found = asNames ? 'name' : typeOf(cell);
    if (found === undefined || (type !== undefined && found !== type))
      throw new PlotError(
        `The column ${JSON.stringify(name)} cannot be drawn: ` +
          (found ? `it has a ${type} and a ${found}.` : `row ${i} is neither a number, a time nor a name.`),
      );
    type = found;
    if (found !== 'name') values[i] = Number(cell);
    else {
      const text = cell instanceof Date && !Number.isNaN(Number(cell)) ? cell.toISOString() : String(cell);
      const index = indices.get(text) ?? indices.size;
      indices.set(text, index);
      values[i] = index;
    }
  }
  return { name, type: type ?? 'number', values, names: [...indices.keys()] };
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

const isTable = (data: PlotData): data is PlotTable =>
  typeof (data as Partial<PlotTable> | null)?.getChild === 'function';
