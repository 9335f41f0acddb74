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

/** Recognises a Table, RecordBatch or Vector by the mark the library puts on them. */
export function arrowShape(value: object): ArrowShape | undefined {
  for (const kind of ['Table', 'RecordBatch', 'Vector'] as const) {
    if (Reflect.get(value, Symbol.for(`apache-arrow/${kind}`)) === true)
      return { kind, value } as unknown as ArrowShape;
  }
  return undefined;
}

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
