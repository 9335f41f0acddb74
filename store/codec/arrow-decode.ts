import {
  type Arrow,
  type ArrowBatch,
  type ArrowData,
  type ArrowField,
  type ArrowType,
  type ArrowVector,
  loadArrow,
} from './arrow.ts';
import { layoutOf, TYPE } from './arrow-shape.ts';
import { type Json, listOf, metadataIn, objectOf, SchemaReader } from './arrow-type.ts';
import type { PartReader } from './part-read.ts';
import type { Node } from './skeleton.ts';

/** Reads a stored Table, RecordBatch or Vector, whole or some rows. Throws a TypeError for one nobody wrote. */
export class ArrowReader {
  readonly #arrow: Arrow = loadArrow();
  readonly #parts: PartReader;
  readonly #json: Json;
  readonly #fields: readonly ArrowField[];
  readonly #dictionaries: (ArrowVector | undefined)[] = [];

  constructor(parts: PartReader, json: Json) {
    this.#parts = parts;
    this.#json = json;
    const reader = new SchemaReader(this.#arrow);
    const fields = json.schema === undefined ? [json.field] : listOf(objectOf(json.schema).fields);
    this.#fields = fields.map((field) => reader.field(objectOf(field)));
  }

  table(): object {
    const schema = new this.#arrow.Schema(
      [...this.#fields],
      metadataIn(objectOf(this.#json.schema).metadata),
    );
    const batches = listOf(this.#json.batches).map((_, index) => this.batch(index));
    return new this.#arrow.Table(schema, batches);
  }

  /** A batch, or its rows from `start` on. */
  batch(index: number, start = 0, rows = rowsOf(objectOf(listOf(this.#json.batches)[index]))): ArrowBatch {
    const json = objectOf(listOf(this.#json.batches)[index]);
    const columns = listOf(json.columns);
    if (columns.length !== this.#fields.length) throw new TypeError('has a batch without all its columns');
    const type = new this.#arrow.Struct([...this.#fields]);
    const data = this.#data({ ...json, children: [...columns] }, type, { start, rows });
    const schema = new this.#arrow.Schema(
      [...this.#fields],
      metadataIn(objectOf(this.#json.schema).metadata),
    );
    return new this.#arrow.RecordBatch(schema, data as never, metadataIn(json.metadata));
  }

  vector(): ArrowVector {
    const chunks = listOf(this.#json.chunks).map((chunk) => {
      const json = objectOf(chunk);
      return this.#data(json, this.#type(), { start: 0, rows: rowsOf(json) });
    });
    return new this.#arrow.Vector(chunks);
  }

  /** One row of one chunk of a vector. */
  vectorRow(chunk: number, row: number): ArrowVector {
    return new this.#arrow.Vector([
      this.#data(objectOf(listOf(this.#json.chunks)[chunk]), this.#type(), { start: row, rows: 1 }),
    ]);
  }

  #type(): ArrowType {
    const [field] = this.#fields;
    if (field === undefined) throw new TypeError('has a vector without a type');
    return field.type;
  }

  #data(json: Json, type: ArrowType, range: Range): ArrowData {
    const total = rowsOf(json);
    const { start, rows } = range;
    if (start + rows > total) throw new TypeError(`has no ${rows} rows from row ${start} on`);
    const layout = layoutOf(type.typeId);
    if (layout === 'null') return this.#make(type, { rows, nulls: rows });
    const whole = rows === total;
    const validity = json.validity === undefined ? undefined : this.#bits(json.validity, range);
    const nulls = validity === undefined ? 0 : whole ? Number(json.nulls) : -1;
    const base = { rows, nulls, validity, bit: start % 8 };
    switch (layout) {
      case 'bits':
        return this.#make(type, { ...base, values: this.#bits(json.values, range) });
      case 'bytes': {
        const { offsets, first, last } = this.#offsets(json, type, range);
        return this.#make(type, { ...base, offsets, values: this.#bytes(json.values, first, last) });
      }
      case 'list': {
        const { offsets, first, last } = this.#offsets(json, type, range);
        return this.#make(type, {
          ...base,
          offsets,
          children: this.#children(json, type, { start: first, rows: last - first }),
        });
      }
      case 'fixed-list': {
        const size = (type as unknown as { listSize: number }).listSize;
        return this.#make(type, {
          ...base,
          children: this.#children(json, type, { start: start * size, rows: rows * size }),
        });
      }
      case 'struct':
        return this.#make(type, { ...base, children: this.#children(json, type, range) });
      case 'union':
        return this.#union(json, type, range);
      case 'dictionary':
        return this.#make(type, {
          ...base,
          values: this.#values(json, type, range),
          dictionary: this.#dictionary(json, type),
        });
      case 'view': {
        const variadic = listOf(json.variadic).map((buffer) => this.#parts.content(buffer));
        return this.#make(type, { ...base, values: this.#values(json, type, range), variadic });
      }
      default:
        return this.#make(type, { ...base, values: this.#values(json, type, range) });
    }
  }

  // Bitmaps begin at the byte their first row lies in; the library is told the bit.
  #make(type: ArrowType, columns: Columns): ArrowData {
    const {
      rows,
      nulls = 0,
      bit = 0,
      offsets,
      values,
      validity,
      typeIds,
      children = [],
      dictionary,
      variadic = [],
    } = columns;
    const buffers = [offsets, values, validity, typeIds] as never;
    const { Data } = this.#arrow;
    return new Data(type, bit, rows, nulls, buffers, children, dictionary as never, variadic);
  }

  #children(json: Json, type: ArrowType, range: Range): ArrowData[] {
    const fields = type.children as readonly ArrowField[];
    const nodes = listOf(json.children);
    if (nodes.length !== fields.length) throw new TypeError('has a nested column without all its children');
    return fields.map((field, i) => this.#data(objectOf(nodes[i]), field.type, range));
  }

  // The children of a dense union are read whole: its rows point anywhere in them.
  #union(json: Json, type: ArrowType, range: Range): ArrowData {
    const { start, rows } = range;
    const typeIds = new Int8Array(this.#bytes(json.typeIds, start, start + rows).buffer);
    if (json.offsets === undefined) {
      return this.#make(type, { rows, nulls: -1, typeIds, children: this.#children(json, type, range) });
    }
    const offsets = new Int32Array(this.#bytes(json.offsets, start * 4, (start + rows) * 4).buffer);
    const fields = type.children as readonly ArrowField[];
    const children = listOf(json.children).map((child, i) => {
      const node = objectOf(child);
      const field = fields[i];
      if (field === undefined) throw new TypeError('has a union with more children than types');
      return this.#data(node, field.type, { start: 0, rows: rowsOf(node) });
    });
    return this.#make(type, { rows, nulls: -1, typeIds, offsets, children });
  }

  #dictionary(json: Json, type: ArrowType): ArrowVector {
    const index = Number(json.dictionary);
    const known = this.#dictionaries[index];
    if (known !== undefined) return known;
    const valueType = (type as unknown as { dictionary: ArrowType }).dictionary;
    const chunks = listOf(listOf(this.#json.dictionaries)[index]).map((chunk) => {
      const node = objectOf(chunk);
      return this.#data(node, valueType, { start: 0, rows: rowsOf(node) });
    });
    const vector = new this.#arrow.Vector(chunks.length > 0 ? chunks : [this.#make(valueType, { rows: 0 })]);
    this.#dictionaries[index] = vector;
    return vector;
  }

  #values({ values }: Json, type: ArrowType, { start, rows }: Range): ArrayBufferView {
    const stored =
      type.typeId === TYPE.Dictionary ? (type as unknown as { indices: ArrowType }).indices : type;
    const { stride } = this.#make(stored, { rows: 0 });
    const Elements = stored.ArrayType as new (
      buffer: ArrayBuffer,
    ) => ArrayBufferView & { BYTES_PER_ELEMENT: number };
    const width = stride * (Elements as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
    return new Elements(this.#bytes(values, start * width, (start + rows) * width).buffer);
  }

  #bits(node: Node | undefined, { start, rows }: Range): Uint8Array {
    return this.#bytes(node, Math.floor(start / 8), Math.ceil((start + rows) / 8));
  }

  #offsets(
    { offsets }: Json,
    type: ArrowType,
    { start, rows }: Range,
  ): { offsets: ArrayBufferView; first: number; last: number } {
    const isLarge =
      type.typeId === TYPE.LargeUtf8 || type.typeId === TYPE.LargeBinary || type.typeId === TYPE.LargeList;
    const width = isLarge ? 8 : 4;
    const { buffer } =
      rows === 0 ? new Uint8Array(width) : this.#bytes(offsets, start * width, (start + rows + 1) * width);
    const read = isLarge ? new BigInt64Array(buffer) : new Int32Array(buffer);
    return rebase(read);
  }

  #bytes(node: Node | undefined, start: number, end: number): Uint8Array<ArrayBuffer> {
    return this.#parts.contentRange(node, start, end);
  }
}

interface Range {
  readonly start: number;
  readonly rows: number;
}

interface Columns {
  readonly rows: number;
  readonly nulls?: number;
  readonly bit?: number;
  readonly offsets?: ArrayBufferView | undefined;
  readonly values?: ArrayBufferView | undefined;
  readonly validity?: Uint8Array | undefined;
  readonly typeIds?: Int8Array | undefined;
  readonly children?: ArrowData[];
  readonly dictionary?: ArrowVector;
  readonly variadic?: Uint8Array[];
}

/** The number of rows of a batch or chunk. */
export function rowsOf({ rows }: Json): number {
  if (typeof rows === 'number' && Number.isSafeInteger(rows) && rows >= 0) return rows;
  throw new TypeError('has a column without a number of rows');
}

// Offsets that run backwards would make the library read what was never written.
function rebase(offsets: Int32Array | BigInt64Array): {
  offsets: ArrayBufferView;
  first: number;
  last: number;
} {
  for (let i = 1; i < offsets.length; i++) {
    if ((offsets[i] ?? 0) < (offsets[i - 1] ?? 0))
      throw new TypeError('has a column whose offsets run backwards');
  }
  const first = Number(offsets[0]);
  const last = Number(offsets[offsets.length - 1]);
  if (first < 0) throw new TypeError('has a column with a negative offset');
  if (first === 0) return { offsets, first, last };
  const moved =
    offsets instanceof BigInt64Array
      ? offsets.map((offset) => offset - BigInt(first))
      : offsets.map((offset) => offset - first);
  return { offsets: moved, first, last };
}
