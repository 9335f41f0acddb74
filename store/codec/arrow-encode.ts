import { canonicalBits, canonicalOffsets, canonicalValues } from './arrow-canonical.ts';
import {
  type ArrowShape,
  type BatchShape,
  type DataShape,
  layoutOf,
  type SchemaShape,
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
  const schema = new SchemaWriter().schema(value.schema);
  const batches = kind === 'Table' ? value.batches : [value];
  const nodes = batches.map((batch) => batchNode(batch, value.schema, columns));
  return { [`$arrow.${kind}`]: { schema, batches: nodes, dictionaries: columns.dictionaries } };
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
    const node: Record<string, Node> = { rows: data.length };
    if (layout !== 'null' && layout !== 'union' && data.nullCount > 0) {
      node.nulls = data.nullCount;
      node.validity = this.#place(canonicalBits(data.nullBitmap, data));
    }
    this.#fill(node, data, layout);
    return node;
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
        node.children = [this.#slice(data.children[0], first, last - first)];
        break;
      }
      case 'fixed-list':
        node.children = [this.#slice(data.children[0], 0, data.length * data.stride)];
        break;
      case 'struct':
        node.children = data.children.map((child) => this.#slice(child, 0, data.length));
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
    node.children = data.children.map((child) => this.#slice(child, 0, isDense ? child.length : data.length));
  }

  #slice(child: DataShape | undefined, start: number, length: number): Node {
    if (child === undefined) throw new TypeError('a nested column lacks its child');
    return this.node(start === 0 && length === child.length ? child : child.slice(start, length));
  }

  #dictionary(vector: VectorShape | undefined): number {
    if (vector === undefined) throw new TypeError('a dictionary column lacks its dictionary');
    const [first] = vector.data;
    const known = vector.data.length === 1 && first !== undefined ? this.#byChunk.get(first) : undefined;
    if (known !== undefined) return known;
    const node = vector.data.map((chunk) => this.node(chunk));
    const text = JSON.stringify(node);
    const index = this.#byText.get(text) ?? this.dictionaries.push(node) - 1;
    this.#byText.set(text, index);
    if (vector.data.length === 1 && first !== undefined) this.#byChunk.set(first, index);
    return index;
  }

  #place(view: ArrayBufferView, kind: 'numeric' | 'bytes' = 'numeric'): Node {
    return this.#parts.place(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), kind);
  }
}

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
