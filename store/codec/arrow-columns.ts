import type { Arrow, ArrowData, ArrowField, ArrowType, ArrowVector } from './arrow.ts';
import { isLarge, type Layout, layoutOf, TYPE } from './arrow-shape.ts';
import { type Json, listOf, objectOf } from './arrow-type.ts';
import type { PartReader } from './part-read.ts';
import type { Node } from './skeleton.ts';

/** Some rows of a column. */
export interface Range {
  readonly start: number;
  readonly rows: number;
}

/**
 * Makes the library's columns from stored ones: any range of rows, by reading the stretches of the buffers it lies in.
 * Throws a TypeError for a column nobody wrote.
 */
export class ColumnReader {
  readonly #arrow: Arrow;
  readonly #parts: PartReader;
  readonly #stored: readonly Node[];
  readonly #dictionaries: (ArrowVector | undefined)[] = [];

  /** `dictionaries` are the vectors dictionary columns refer to by position. */
  constructor(arrow: Arrow, parts: PartReader, dictionaries: readonly Node[]) {
    this.#arrow = arrow;
    this.#parts = parts;
    this.#stored = dictionaries;
  }

  /** All rows of all chunks, or of each those of its range. */
  vector(chunks: readonly Node[], type: ArrowType, ranges?: readonly Range[]): ArrowVector {
    const data = chunks.map((chunk, i) => {
      const json = objectOf(chunk);
      return this.data(json, type, ranges?.[i] ?? { start: 0, rows: rowsOf(json) });
    });
    return new this.#arrow.Vector(data.length > 0 ? data : [this.#empty(type)]);
  }

  /** A chunk without rows, complete with the buffers, columns and dictionary its type has. */
  #empty(type: ArrowType, dictionary?: Node): ArrowData {
    const fields = (type.children ?? []) as readonly ArrowField[];
    const children = fields.map((field) => this.#empty(field.type));
    const nothing = { values: '', offsets: '', typeIds: '' };
    const range = { start: 0, rows: 0 };
    switch (layoutOf(type.typeId)) {
      case 'dictionary':
        return this.#make(type, {
          values: this.#values(nothing, type, range),
          dictionary: this.#dictionary({ dictionary: dictionary ?? null }, type),
        });
      case 'view':
      case 'fixed':
        return this.#make(type, { values: this.#values(nothing, type, range) });
      case 'bits':
        return this.#make(type, { values: new Uint8Array(0) });
      case 'bytes':
        return this.#make(type, {
          values: new Uint8Array(0),
          offsets: this.#offsets(nothing, type, range).offsets,
        });
      case 'list':
        return this.#make(type, { children, offsets: this.#offsets(nothing, type, range).offsets });
      case 'union':
        return this.#make(type, {
          children,
          typeIds: new Int8Array(0),
          offsets: new Int32Array(0),
          nulls: -1,
        });
      default:
        return this.#make(type, { children });
    }
  }

  /** Some rows of one chunk. */
  data(json: Json, type: ArrowType, range: Range): ArrowData {
    const total = rowsOf(json);
    const { start, rows } = range;
    if (start + rows > total) throw new TypeError(`has no ${rows} rows from row ${start} on`);
    const layout = layoutOf(type.typeId);
    if (layout === undefined) throw new TypeError('has a column of an unknown type');
    if (total === 0) return this.#empty(type, json.dictionary); // Its buffers and columns may have been left out.
    const base = { rows, ...this.#validity(json, layout, range), bit: start % 8 };
    return this.#make(type, { ...base, ...this.#content(json, type, { ...range, layout }) });
  }

  #whole(json: Json, type: ArrowType): ArrowData {
    return this.data(json, type, { start: 0, rows: rowsOf(json) });
  }

  #validity(json: Json, layout: Layout, range: Range): Columns {
    if (layout === 'null') return { nulls: range.rows };
    if (layout === 'union') return { nulls: -1 };
    if (json.validity === undefined) return { nulls: 0 };
    return { nulls: -1, validity: this.#bits(json.validity, range) };
  }

  #content(json: Json, type: ArrowType, range: Range & { layout: Layout }): Columns {
    const total = rowsOf(json);
    switch (range.layout) {
      case 'null':
        return {};
      case 'bits':
        return { values: this.#bits(json.values, range) };
      case 'fixed':
        return { values: this.#values(json, type, range) };
      case 'view':
        return {
          values: this.#values(json, type, range),
          variadic: listOf(json.variadic).map((buffer) => this.#parts.content(buffer)),
        };
      case 'dictionary':
        return { values: this.#values(json, type, range), dictionary: this.#dictionary(json, type) };
      case 'bytes': {
        const { offsets, first, last } = this.#offsets(json, type, range);
        return { offsets, values: this.#bytes(json.values, first, last) };
      }
      case 'list': {
        const { offsets, first, last } = this.#offsets(json, type, range);
        const inside = { start: first, rows: last - first };
        return {
          offsets,
          children: this.#children(json, type, inside, total === range.rows ? last : undefined),
        };
      }
      case 'fixed-list': {
        const { listSize } = type as unknown as { listSize: number };
        const inside = { start: range.start * listSize, rows: range.rows * listSize };
        return { children: this.#children(json, type, inside, total * listSize) };
      }
      case 'struct':
        return { children: this.#children(json, type, range, total) };
      case 'union':
        return this.#union(json, type, range);
    }
  }

  // Bitmaps begin at the byte their first row lies in; the library is told the bit.
  #make(type: ArrowType, columns: Columns): ArrowData {
    const { rows = 0, nulls = 0, bit = 0, children = [], dictionary, variadic = [] } = columns;
    const { offsets, values, validity, typeIds } = columns;
    const { Data } = this.#arrow;
    const buffers = [offsets, values, validity, typeIds] as never;
    return new Data(type, bit, rows, nulls, buffers, children, dictionary as never, variadic);
  }

  // `total` is how many rows each child has when it is sound; of a list read in part nobody knows.
  #children(json: Json, type: ArrowType, range: Range, total: number | undefined): ArrowData[] {
    const fields = type.children as readonly ArrowField[];
    const nodes = listOf(json.children).map(objectOf);
    if (nodes.length !== fields.length) throw new TypeError('has a nested column without all its children');
    if (total !== undefined && nodes.some((node) => rowsOf(node) !== total)) {
      throw new TypeError('has columns of different lengths');
    }
    return fields.map((field, i) => this.data(nodes[i] ?? {}, field.type, range));
  }

  // The children of a dense union are read whole: its rows point anywhere in them.
  #union(json: Json, type: ArrowType, range: Range): Columns {
    const { start, rows } = range;
    const typeIds = new Int8Array(this.#bytes(json.typeIds, start, start + rows).buffer);
    if (json.offsets === undefined)
      return { typeIds, children: this.#children(json, type, range, rowsOf(json)) };
    const offsets = new Int32Array(this.#bytes(json.offsets, start * 4, (start + rows) * 4).buffer);
    const fields = type.children as readonly ArrowField[];
    const nodes = listOf(json.children).map(objectOf);
    if (nodes.length !== fields.length) throw new TypeError('has a nested column without all its children');
    return { typeIds, offsets, children: fields.map((field, i) => this.#whole(nodes[i] ?? {}, field.type)) };
  }

  // An empty column may lack one.
  #dictionary(json: Json, type: ArrowType): ArrowVector {
    const valueType = (type as unknown as { dictionary: ArrowType }).dictionary;
    if (json.dictionary === null) return this.vector([], valueType);
    const index = Number(json.dictionary);
    const known = this.#dictionaries[index];
    if (known !== undefined) return known;
    const vector = this.vector(listOf(this.#stored[index]), valueType);
    this.#dictionaries[index] = vector;
    return vector;
  }

  #values({ values }: Json, type: ArrowType, { start, rows }: Range): ArrayBufferView {
    const stored =
      type.typeId === TYPE.Dictionary ? (type as unknown as { indices: ArrowType }).indices : type;
    const { stride } = this.#make(stored, {});
    const Elements = stored.ArrayType as unknown as {
      BYTES_PER_ELEMENT: number;
      new (buffer: ArrayBuffer): ArrayBufferView;
    };
    const width = stride * Elements.BYTES_PER_ELEMENT;
    return new Elements(this.#bytes(values, start * width, (start + rows) * width).buffer);
  }

  #bits(node: Node | undefined, { start, rows }: Range): Uint8Array {
    return this.#bytes(node, Math.floor(start / 8), Math.ceil((start + rows) / 8));
  }

  #offsets({ offsets }: Json, type: ArrowType, { start, rows }: Range): Offsets {
    const is64Bit = isLarge(type.typeId);
    const width = is64Bit ? 8 : 4;
    const bytes =
      rows === 0 ? new Uint8Array(width) : this.#bytes(offsets, start * width, (start + rows + 1) * width);
    return fromZero(is64Bit ? new BigInt64Array(bytes.buffer) : new Int32Array(bytes.buffer));
  }

  #bytes(node: Node | undefined, start: number, end: number): Uint8Array<ArrayBuffer> {
    return this.#parts.contentRange(node, start, end);
  }
}

/** A column of nulls takes no memory, whatever its length. */
const MOST_ROWS = 2 ** 32;

/** The number of rows of a batch or chunk. */
export function rowsOf({ rows }: Json): number {
  if (typeof rows === 'number' && Number.isSafeInteger(rows) && rows >= 0 && rows <= MOST_ROWS) return rows;
  throw new TypeError('has a column without a number of rows');
}

interface Columns {
  readonly rows?: number;
  readonly nulls?: number;
  readonly bit?: number;
  readonly offsets?: ArrayBufferView;
  readonly values?: ArrayBufferView;
  readonly validity?: Uint8Array;
  readonly typeIds?: Int8Array;
  readonly children?: ArrowData[];
  readonly dictionary?: ArrowVector;
  readonly variadic?: Uint8Array[];
}

interface Offsets {
  readonly offsets: ArrayBufferView;
  readonly first: number;
  readonly last: number;
}

// Offsets that run backwards would make the library read what was never written.
function fromZero(offsets: Int32Array | BigInt64Array): Offsets {
  for (let i = 1; i < offsets.length; i++) {
    if ((offsets[i] ?? 0) < (offsets[i - 1] ?? 0))
      throw new TypeError('has a column whose offsets run backwards');
  }
  const first = Number(offsets[0]);
  const last = Number(offsets[offsets.length - 1]);
  if (first < 0) throw new TypeError('has a column with a negative offset');
  if (first === 0) return { offsets, first, last };
  if (offsets instanceof BigInt64Array)
    return { offsets: offsets.map((o) => o - BigInt(first)), first, last };
  return { offsets: offsets.map((offset) => offset - first), first, last };
}
