import {
  canonicalBits,
  canonicalOffsets,
  canonicalValues,
  endsInNulls,
  setBits,
  withNulls,
} from './arrow-canonical.ts';
import {
  type ArrowShape,
  type BatchShape,
  type DataShape,
  type FieldShape,
  isLarge,
  layoutOf,
  type SchemaShape,
  type TypeShape,
  type VectorShape,
} from './arrow-shape.ts';
import { metadataOf, SchemaWriter } from './arrow-type.ts';
import type { PartWriter } from './part-write.ts';
import type { Scribe } from './scribe.ts';
import type { Node } from './skeleton.ts';

/**
 * An Arrow Table, RecordBatch or Vector: its schema, and the buffers of each column of each batch by themselves, so that
 * one more column or batch stores only itself.
 */
export function encodeArrow({ kind, value }: ArrowShape, scribe: Scribe): Node {
  const columns = new ColumnWriter(scribe.parts);
  if (kind === 'Vector') return { '$arrow.Vector': vectorNode(value, columns) };
  const batches = kind === 'Table' ? value.batches : [value];
  const held = {
    fields: value.schema.fields.map((field, i) => heldField(field, i, batches)),
    metadata: value.schema.metadata,
  };
  refuseTwins(held.fields);
  const schema = new SchemaWriter().schema(held);
  const nodes = batches.map((batch) => batchNode(batch, held, columns));
  return { [`$arrow.${kind}`]: { schema, batches: nodes, dictionaries: columns.dictionaries } };
}

/** A field with the type of what the batches hold: the library's `setChild` leaves the schema as it was. */
function heldField(field: FieldShape, index: number, batches: readonly BatchShape[]): FieldShape {
  const types = batches.flatMap(({ data }) => data.children[index]?.type ?? []);
  const odd = types.find((type) => String(type) !== String(field.type));
  if (odd === undefined) return field;
  if (types.every((type) => String(type) === String(odd)))
    return { name: field.name, nullable: field.nullable, metadata: field.metadata, type: odd };
  throw new TypeError(
    `its column ${JSON.stringify(field.name)} is ${String(odd)} in one batch and ${String(field.type)} in another`,
  );
}

/** The library, which finds fields by name, cannot put such a table together again. */
function refuseTwins(fields: readonly FieldShape[]): void {
  const types = new Map<string, string>();
  for (const { name, type } of fields) {
    const known = types.get(name) ?? String(type);
    if (known !== String(type))
      throw new TypeError(
        `two of its columns are named ${JSON.stringify(name)}, one ${known} and one ${String(type)}. Rename one`,
      );
    types.set(name, known);
  }
}

function vectorNode({ type, data }: VectorShape, columns: ColumnWriter): Node {
  const field = new SchemaWriter().field({ name: '', nullable: true, type, metadata: new Map() });
  return { field, chunks: data.map((chunk) => columns.node(chunk)), dictionaries: columns.dictionaries };
}

function batchNode({ data, metadata }: BatchShape, schema: SchemaShape, columns: ColumnWriter): Node {
  const { children, ...rows } = columns.node(data);
  if (!Array.isArray(children) || children.length !== schema.fields.length)
    throw new TypeError('its columns do not match its schema');
  return { ...rows, columns: children, ...metadataOf(metadata) };
}

class ColumnWriter {
  /** Vectors that dictionary columns refer to by position, each distinct one once. */
  readonly dictionaries: Node[] = [];
  readonly #parts: PartWriter;
  readonly #byChunk = new Map<DataShape, number>();
  readonly #byText = new Map<string, number>();

  constructor(parts: PartWriter) {
    this.#parts = parts;
  }

  /** The rows of one stretch of a column. Buffers begin with its first row; what rows do not show is zero. */
  node(data: DataShape): Record<string, Node> {
    const layout = layoutOf(data.type.typeId);
    if (layout === undefined)
      throw new TypeError(`the Arrow type ${String(data.type)} is not known to this version of Oxbow`);
    if (data.length === 0) return this.#empty(data.type);
    const node: Record<string, Node> = { rows: data.length };
    if (layout !== 'null' && layout !== 'union' && data.nullCount > 0) {
      const bits = canonicalBits(data.nullBitmap, data);
      const nulls = data.length - setBits(bits);
      if (nulls > 0) Object.assign(node, { nulls, validity: this.#place(bits) });
    }
    this.#fill(node, data, layout);
    return node;
  }

  /** A column without rows, by its type alone: a result without hits that came as IPC lacks buffers, children and dictionaries. */
  #empty(type: TypeShape): Record<string, Node> {
    const children = () => (type.children ?? []).map((field) => this.#empty(field.type));
    switch (layoutOf(type.typeId)) {
      case 'null':
        return { rows: 0 };
      case 'dictionary':
        return { rows: 0, dictionary: this.#dictionary(undefined), values: '' };
      case 'view':
        return { rows: 0, values: '', variadic: [] };
      case 'bytes':
        return { rows: 0, offsets: this.#place(firstOffset(type)), values: '' };
      case 'list':
        return { rows: 0, offsets: this.#place(firstOffset(type)), children: children() };
      case 'fixed-list':
      case 'struct':
        return { rows: 0, children: children() };
      case 'union':
        return { rows: 0, typeIds: '', ...(type.mode === 1 ? { offsets: '' } : {}), children: children() };
      default:
        return { rows: 0, values: '' };
    }
  }

  #fill(node: Record<string, Node>, data: DataShape, layout: string): void {
    switch (layout) {
      case 'bits':
        node.values = this.#place(canonicalValues(data, 'bits'));
        break;
      case 'dictionary':
        node.dictionary = this.#dictionary(data.dictionary);
        node.values = this.#place(canonicalValues(data, 'fixed'));
        break;
      case 'fixed':
      case 'view':
        node.values = this.#place(canonicalValues(data, 'fixed'));
        if (layout === 'view')
          node.variadic = (data.variadicBuffers ?? []).map((buffer) => this.#place(buffer, 'bytes'));
        break;
      case 'bytes': {
        const { offsets, bytes } = canonicalOffsets(data);
        node.offsets = this.#place(offsets);
        node.values = this.#place(bytes, 'bytes');
        break;
      }
      case 'list': {
        const { offsets, first, last } = canonicalOffsets(data);
        node.offsets = this.#place(offsets);
        node.children = [this.#child(data, 0, { start: first, rows: last - first })];
        break;
      }
      case 'fixed-list':
        node.children = [this.#child(data, 0, { start: 0, rows: data.length * listSizeOf(data) })];
        break;
      case 'struct':
        node.children = fieldsOf(data).map((_, i) => this.#child(data, i, { start: 0, rows: data.length }));
        break;
      case 'union':
        this.#fillUnion(node, data);
    }
  }

  #fillUnion(node: Record<string, Node>, data: DataShape): void {
    node.typeIds = this.#place(canonicalValues({ ...shapeOf(data), values: data.typeIds }, 'fixed'));
    const isDense = data.type.mode === 1;
    if (isDense)
      node.offsets = this.#place(canonicalValues({ ...shapeOf(data), values: data.valueOffsets }, 'fixed'));
    node.children = fieldsOf(data).map((_, i) => {
      const rows = isDense ? (data.children[i]?.length ?? 0) : data.length;
      return this.#child(data, i, { start: 0, rows });
    });
  }

  #child(data: DataShape, index: number, { start, rows }: Range): Node {
    const { type, children } = data;
    const field = type.children?.[index];
    const child = children[index];
    if (field === undefined) throw new TypeError('a nested type lacks its child');
    if (rows === 0) return this.#empty(field.type);
    const missing = child === undefined ? rows : start + rows - child.length;
    if (child !== undefined && missing > 0 && endsInNulls(data, missing))
      return this.node(withNulls(child, missing));
    if (child === undefined || missing > 0)
      throw new TypeError(`the column ${JSON.stringify(field.name)} within another has too few rows`);
    return this.node(start === 0 && rows === child.length ? child : child.slice(start, rows));
  }

  #dictionary(vector: VectorShape | undefined): number {
    const chunks = (vector?.data ?? []).filter(({ length }) => length > 0);
    const [first] = chunks;
    const known = chunks.length === 1 && first !== undefined ? this.#byChunk.get(first) : undefined;
    if (known !== undefined) return known;
    const node = chunks.map((chunk) => this.node(chunk));
    const text = JSON.stringify(node);
    const index = this.#byText.get(text) ?? this.dictionaries.push(node) - 1;
    this.#byText.set(text, index);
    if (chunks.length === 1 && first !== undefined) this.#byChunk.set(first, index);
    return index;
  }

  #place(view: ArrayBufferView, kind: 'numeric' | 'bytes' = 'numeric'): Node {
    return this.#parts.place(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), kind);
  }
}

interface Range {
  readonly start: number;
  readonly rows: number;
}

const fieldsOf = ({ type }: DataShape): readonly FieldShape[] => type.children ?? [];

const listSizeOf = ({ type }: DataShape): number => Number(type.listSize);

const firstOffset = ({ typeId }: TypeShape): ArrayBufferView =>
  isLarge(typeId) ? new BigInt64Array(1) : new Int32Array(1);

// A union has no bitmap of its own: its buffers hold something for every row.
const shapeOf = ({ type, length, children, slice }: DataShape): DataShape => ({
  type,
  length,
  children,
  slice,
  offset: 0,
  nullCount: 0,
  stride: 1,
});
