import { type ArrowData, type ArrowTable, type ArrowType, type ArrowVector, loadArrow } from './arrow.ts';
import { plainRow } from './arrow-rows.ts';

/** How the cells of a column are written elsewhere. */
export type CellKind =
  | { readonly kind: 'null' | 'bool' | 'text' | 'json' | 'float32' | 'float64' | 'binary' | 'date' }
  | { readonly kind: 'int'; readonly width: number; readonly isSigned: boolean }
  | { readonly kind: 'timestamp'; readonly unit: 'ms' | 'us' | 'ns'; readonly isUtc: boolean }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'other' };

/** A column of a table as plain values: `cells` are numbers, BigInts, booleans, strings, bytes or null, as {@link CellKind} says. */
export interface CellColumn {
  readonly name: string;
  /** The type as Arrow names it. */
  readonly type: string;
  readonly form: CellKind;
  /**
   * The cells of some rows. Times are whole numbers since 1970 in the unit of the form (BigInt), dates milliseconds, decimals the unscaled
   * BigInt, nested values what JSON can carry.
   */
  cells(from: number, to: number): unknown[];
}

/** The columns of a table, to be written in a format that is not Arrow's. */
export function cellColumns(table: ArrowTable): CellColumn[] {
  return table.schema.fields.map(({ name, type }, index) => {
    const form = formOf(type);
    return {
      ...{ name, type: String(type), form },
      cells: (from, to) => {
        const vector = table.getChildAt(index)?.slice(from, to);
        return vector ? cellsOf(vector, form) : [];
      },
    };
  });
}

function formOf(type: ArrowType): CellKind {
  const { DataType, TimeUnit, Precision } = loadArrow();
  if (DataType.isDictionary(type)) return formOf(type.dictionary);
  if (DataType.isNull(type)) return { kind: 'null' };
  if (DataType.isBool(type)) return { kind: 'bool' };
  if (DataType.isInt(type)) return { kind: 'int', width: type.bitWidth, isSigned: type.isSigned };
  if (DataType.isFloat(type)) return { kind: type.precision === Precision.DOUBLE ? 'float64' : 'float32' };
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return { kind: 'text' };
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isFixedSizeBinary(type))
    return { kind: 'binary' };
  if (DataType.isDate(type)) return { kind: 'date' };
  if (DataType.isTimestamp(type)) {
    const unit = ({ [TimeUnit.MICROSECOND]: 'us', [TimeUnit.NANOSECOND]: 'ns' } as const)[type.unit as 2 | 3];
    return { kind: 'timestamp', unit: unit ?? 'ms', isUtc: (type.timezone ?? '') !== '' };
  }
  if (DataType.isDecimal(type)) return { kind: 'decimal', precision: type.precision, scale: type.scale };
  const isNested =
    DataType.isList(type) ||
    DataType.isFixedSizeList(type) ||
    DataType.isStruct(type) ||
    DataType.isMap(type) ||
    DataType.isUnion(type);
  return { kind: isNested ? 'json' : 'other' };
}

function cellsOf(vector: ArrowVector, form: CellKind): unknown[] {
  switch (form.kind) {
    case 'timestamp':
      return vector.data.flatMap((data) => timesOf(data));
    case 'decimal':
      return [...vector].map((cell) => (cell === null ? null : unscaled(cell as Uint32Array)));
    case 'json':
      return [...vector].map((cell) => (cell === null ? null : jsonOf(plainRow(cell))));
    case 'other':
      return [];
    default:
      return [...vector].map((cell) => cell ?? null);
  }
}

/** What is stored, for the library's own way to read it goes through milliseconds. */
function timesOf(data: ArrowData): (bigint | null)[] {
  const { DataType, TimeUnit } = loadArrow();
  const values = data.values as BigInt64Array;
  const isSeconds = DataType.isTimestamp(data.type) && data.type.unit === TimeUnit.SECOND;
  return Array.from({ length: data.length }, (_, row) => {
    if (!data.getValid(row)) return null;
    const value = BigInt(values[row] as bigint);
    return isSeconds ? value * 1000n : value;
  });
}

/** A decimal of two's complement, least significant word first. */
function unscaled(words: Uint32Array): bigint {
  let value = 0n;
  for (let at = words.length - 1; at >= 0; at -= 1) value = (value << 32n) | BigInt(words[at] ?? 0);
  return BigInt.asIntN(words.length * 32, value);
}

/** Nested values with what JSON lacks written as text. */
function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>, jsonOf);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value instanceof Map) return [...value].map(([key, item]) => [jsonOf(key), jsonOf(item)]);
  if (typeof value === 'object' && value !== null) {
    if (Symbol.iterator in value && !('toJSON' in value))
      return Array.from(value as Iterable<unknown>, jsonOf);
    const plain = 'toJSON' in value ? (value as { toJSON(): unknown }).toJSON() : value;
    return plain !== null && typeof plain === 'object'
      ? Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, jsonOf(item)]))
      : plain;
  }
  return value ?? null;
}

/**
 * The cells of a column of times as the whole numbers that are stored, BigInts where the library itself would go through milliseconds and lose digits; of
 * another column the cells as they are. The column is of the library, or anything else with `get`.
 */
export function exactTimes<T extends { get(row: number): unknown }>(
  column: T,
  type: string,
): { get(row: number): unknown } {
  const { data } = column as { readonly data?: readonly ArrowData[] };
  if (!/^Timestamp<(?:MICROSECOND|NANOSECOND)/.test(type) || !Array.isArray(data)) return column;
  let times: (bigint | null)[] | undefined;
  return {
    get: (row) => {
      times ??= data.flatMap((one) => timesOf(one));
      return times[row] ?? null;
    },
  };
}
