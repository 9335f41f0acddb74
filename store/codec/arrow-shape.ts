/**
 * What the codec looks at in an Arrow value. Values are recognised and stored by their shape, without loading the library
 * and whichever copy of it made them.
 */
export interface DataShape {
  readonly type: TypeShape;
  readonly length: number;
  /** The first bit of the bitmaps that belongs to this stretch; other buffers begin with it. */
  readonly offset: number;
  readonly nullCount: number;
  /** Elements of `values` a row takes. */
  readonly stride: number;
  readonly values?: ArrayBufferView | undefined;
  readonly nullBitmap?: ArrayBufferView | undefined;
  readonly valueOffsets?: Int32Array | BigInt64Array | undefined;
  readonly typeIds?: ArrayBufferView | undefined;
  readonly variadicBuffers?: readonly ArrayBufferView[] | undefined;
  readonly children: readonly DataShape[];
  readonly dictionary?: VectorShape | undefined;
  slice(offset: number, length: number): DataShape;
}

/** A data type of Arrow, with its parameters as the library names them. */
export interface TypeShape {
  readonly typeId: number;
  readonly children?: readonly FieldShape[] | null | undefined;
  readonly [parameter: string]: unknown;
}

/** A named column, or child of a nested type. */
export interface FieldShape {
  readonly name: string;
  readonly nullable: boolean;
  readonly type: TypeShape;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The columns of a table. */
export interface SchemaShape {
  readonly fields: readonly FieldShape[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** A column: the pieces of it in each batch. */
export interface VectorShape {
  readonly type: TypeShape;
  readonly length: number;
  readonly data: readonly DataShape[];
}

/** A record batch: rows of a table that are stored together. */
export interface BatchShape {
  readonly schema: SchemaShape;
  readonly data: DataShape;
  readonly numRows: number;
  readonly numCols: number;
  readonly metadata?: ReadonlyMap<string, string> | undefined;
}

/** A table: its schema and batches. */
export interface TableShape {
  readonly schema: SchemaShape;
  readonly batches: readonly BatchShape[];
  readonly numRows: number;
  readonly numCols: number;
}

/** An Arrow value and which of the three it is. */
export type ArrowShape =
  | { readonly kind: 'Table'; readonly value: TableShape }
  | { readonly kind: 'RecordBatch'; readonly value: BatchShape }
  | { readonly kind: 'Vector'; readonly value: VectorShape };

/**
 * Recognises a Table, RecordBatch or Vector by the mark the library puts on them, and those of its versions 7 to 17, which have
 * none, by what they consist of. Throws a TypeError for what a version before these made.
 */
export function arrowShape(value: object): ArrowShape | undefined {
  for (const kind of ['Table', 'RecordBatch', 'Vector'] as const) {
    if (Reflect.get(value, Symbol.for(`apache-arrow/${kind}`)) === true)
      return { kind, value } as unknown as ArrowShape;
  }
  const kind = unmarkedKind(value as Readonly<Record<string, unknown>>);
  return kind === undefined ? undefined : ({ kind, value } as unknown as ArrowShape);
}

function unmarkedKind(value: Readonly<Record<string, unknown>>): ArrowShape['kind'] | undefined {
  if (!('schema' in value) && !('data' in value)) return undefined;
  const { schema, data, batches, chunks } = value;
  if (isObject(schema) && areAll(schema.fields, isField)) {
    if (areAll(batches, ({ data }) => isData(data))) return 'Table';
    if (isData(data)) return 'RecordBatch';
    if (Array.isArray(chunks)) throw new TypeError(TOO_OLD);
  }
  return isObject(value.type) && areAll(data, isData) && typeof value.getChildAt === 'function'
    ? 'Vector'
    : undefined;
}

const TOO_OLD =
  'it was made by a version of apache-arrow before 7. Use version 7 or later, or read its IPC bytes with tableFromIPC';

type Unknown = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Unknown => typeof value === 'object' && value !== null;

const areAll = (list: unknown, is: (value: Unknown) => boolean): boolean =>
  Array.isArray(list) && list.every((item) => isObject(item) && is(item));

const isField = ({ name, type }: Unknown): boolean =>
  typeof name === 'string' && isObject(type) && typeof type.typeId === 'number';

const isData = (value: unknown): boolean =>
  isObject(value) &&
  isObject(value.type) &&
  typeof value.type.typeId === 'number' &&
  typeof value.offset === 'number' &&
  typeof value.length === 'number' &&
  Array.isArray(value.children);

/** The library's numbers for kinds of type, fixed by the Arrow format. */
export const TYPE = {
  Dictionary: -1,
  Null: 1,
  Int: 2,
  Float: 3,
  Binary: 4,
  Utf8: 5,
  Bool: 6,
  Decimal: 7,
  Date: 8,
  Time: 9,
  Timestamp: 10,
  Interval: 11,
  List: 12,
  Struct: 13,
  Union: 14,
  FixedSizeBinary: 15,
  FixedSizeList: 16,
  Map: 17,
  Duration: 18,
  LargeBinary: 19,
  LargeUtf8: 20,
  LargeList: 21,
  BinaryView: 23,
  Utf8View: 24,
} as const;

/** Whether the offsets of a kind of type have 64 bits. */
export const isLarge = (typeId: number): boolean => LARGE.has(typeId);

const LARGE: ReadonlySet<number> = new Set([TYPE.LargeUtf8, TYPE.LargeBinary, TYPE.LargeList]);

/** How the rows of a type lie in buffers. */
export type Layout =
  | 'null'
  | 'bits'
  | 'fixed'
  | 'bytes'
  | 'list'
  | 'fixed-list'
  | 'struct'
  | 'union'
  | 'dictionary'
  | 'view';

/** The layout of a kind of type, or undefined for one this format does not know. */
export const layoutOf = (typeId: number): Layout | undefined => LAYOUTS.get(typeId);

const LAYOUTS = new Map<number, Layout>([
  [TYPE.Dictionary, 'dictionary'],
  [TYPE.Null, 'null'],
  [TYPE.Bool, 'bits'],
  [TYPE.Binary, 'bytes'],
  [TYPE.Utf8, 'bytes'],
  [TYPE.LargeBinary, 'bytes'],
  [TYPE.LargeUtf8, 'bytes'],
  [TYPE.List, 'list'],
  [TYPE.LargeList, 'list'],
  [TYPE.Map, 'list'],
  [TYPE.Struct, 'struct'],
  [TYPE.Union, 'union'],
  [TYPE.FixedSizeList, 'fixed-list'],
  [TYPE.BinaryView, 'view'],
  [TYPE.Utf8View, 'view'],
  ...[TYPE.Int, TYPE.Float, TYPE.Decimal, TYPE.Date, TYPE.Time, TYPE.Timestamp, TYPE.Interval].map(
    (id) => [id, 'fixed'] as const,
  ),
  ...[TYPE.FixedSizeBinary, TYPE.Duration].map((id) => [id, 'fixed'] as const),
]);
