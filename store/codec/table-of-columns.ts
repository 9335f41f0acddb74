import { type ArrowTable, type ArrowType, type ArrowVector, loadArrow } from './arrow.ts';

/** A column to make: a value for each row; null, or undefined, where there is none. */
export interface ColumnValues {
  readonly name: string;
  readonly values: readonly unknown[];
  /** What the column is of when no row has a value: text where nothing is said. */
  readonly whenEmpty?: 'number' | 'date' | 'boolean';
}

/** The kinds of values a column may hold, by what becomes of them. */
type Kind = 'number' | 'bigint' | 'boolean' | 'date' | 'string' | 'other';

/**
 * An Arrow table of columns. Numbers become Float64, BigInts Int64, booleans Bool, Dates timestamps in milliseconds, UTC, and strings Utf8. A
 * column of numbers and BigInts is Float64 when that holds all of them exactly; one of other mixtures, or of other values, is Utf8: strings as they are, the rest as `toText` writes
 * it. A column without values is of nulls.
 */
export function tableOfColumns(
  columns: readonly ColumnValues[],
  toText: (value: unknown) => string,
): ArrowTable {
  return tableOfVectors(columns.map((column) => [column.name, vectorOf(column, toText)] as const));
}

/** A table of columns in this order, whatever their names: a number, or `__proto__`, is one, too. */
export function tableOfVectors(
  columns: readonly (readonly [name: string, vector: ArrowVector])[],
): ArrowTable {
  const { Field, makeData, RecordBatch, Schema, Struct, Table } = loadArrow();
  // Keys of an object have an order of their own: these have that of the columns.
  const plain = new Table(Object.fromEntries(columns.map(([, vector], index) => [`c${index}`, vector])));
  const fields = plain.schema.fields.map(
    ({ type, nullable, metadata }, index) => new Field(columns[index]?.[0] ?? '', type, nullable, metadata),
  );
  const schema = new Schema(fields);
  const batches = plain.batches.map(({ data }) => {
    const { length, children } = data;
    return new RecordBatch(schema, makeData({ type: new Struct(fields), length, nullCount: 0, children }));
  });
  return new Table(schema, batches);
}

function vectorOf({ values, whenEmpty }: ColumnValues, toText: (value: unknown) => string): ArrowVector {
  const arrow = loadArrow();
  const kinds = new Set<Kind>();
  for (const value of values) if (value !== null && value !== undefined) kinds.add(kindOf(value));
  const build = (type: ArrowType, cell: (value: unknown) => unknown): ArrowVector =>
    arrow.vectorFromArray(
      values.map((value) => (value === null || value === undefined ? null : cell(value))),
      type,
    );
  const isOnly = (...allowed: Kind[]) => [...kinds].every((kind) => allowed.includes(kind));
  if (kinds.size === 0 && whenEmpty === undefined) return build(new arrow.Null(), () => null);
  if (kinds.size === 0 && whenEmpty) kinds.add(whenEmpty);
  if (isOnly('bigint')) return build(new arrow.Int64(), (value) => value);
  const isExact = () => values.every((value) => typeof value !== 'bigint' || BigInt(Number(value)) === value);
  if (isOnly('number', 'bigint') && isExact()) return build(new arrow.Float64(), Number);
  if (isOnly('boolean')) return build(new arrow.Bool(), (value) => value);
  if (isOnly('date')) return build(new arrow.Timestamp(arrow.TimeUnit.MILLISECOND, 'UTC'), Number);
  // Numbers that a float would round are told as their digits.
  if (isOnly('number', 'bigint')) return build(new arrow.Utf8(), String);
  return build(new arrow.Utf8(), (value) => (typeof value === 'string' ? value : toText(value)));
}

/** What lies beyond 64 bits has no number in a table. */
function kindOf(value: unknown): Kind {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? 'bigint' : 'other';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'other' : 'date';
  const kind = typeof value;
  return kind === 'number' || kind === 'boolean' || kind === 'string' ? kind : 'other';
}

/** The bytes of an Arrow IPC file that holds a table. */
export const arrowFile = (table: ArrowTable): Uint8Array => loadArrow().tableToIPC(table, 'file');
