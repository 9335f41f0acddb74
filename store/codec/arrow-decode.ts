import { OxbowError } from '../errors.ts';
import { type Arrow, type ArrowBatch, type ArrowField, type ArrowVector, loadArrow } from './arrow.ts';
import { ColumnReader, rowsOf } from './arrow-columns.ts';
import { type Json, listOf, metadataIn, objectOf, SchemaReader } from './arrow-type.ts';
import type { PartReader } from './part-read.ts';

/** Runs what reads an Arrow value; whatever it or the library says about buffers that do not fit is a corrupt artifact. */
export function soundly<T>(parts: PartReader, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OxbowError || !(error instanceof Error)) throw error;
    throw parts.corrupt('value.json', `holds an Arrow value that ${error.message}`, error);
  }
}

/** Reads a stored Table, RecordBatch or Vector, whole or some rows. Throws a TypeError for one nobody wrote. */
export class ArrowReader {
  readonly #arrow: Arrow = loadArrow();
  readonly #json: Json;
  readonly #fields: readonly ArrowField[];
  readonly #columns: ColumnReader;

  constructor(parts: PartReader, json: Json) {
    this.#json = json;
    const reader = new SchemaReader(this.#arrow);
    const fields = json.schema === undefined ? [json.field] : listOf(objectOf(json.schema).fields);
    this.#fields = fields.map((field) => reader.field(objectOf(field)));
    this.#columns = new ColumnReader(this.#arrow, parts, listOf(json.dictionaries));
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
  batch(index: number, start = 0, count?: number): ArrowBatch {
    const json = objectOf(listOf(this.#json.batches)[index]);
    const struct: Json = { ...json, children: [...listOf(json.columns)] };
    const type = new this.#arrow.Struct([...this.#fields]);
    const data = this.#columns.data(struct, type, { start, rows: count ?? rowsOf(json) });
    const schema = new this.#arrow.Schema(
      [...this.#fields],
      metadataIn(objectOf(this.#json.schema).metadata),
    );
    return new this.#arrow.RecordBatch(schema, data as never, metadataIn(json.metadata));
  }

  vector(): ArrowVector {
    const [field] = this.#fields;
    if (field === undefined) throw new TypeError('has a vector without a type');
    return this.#columns.vector(listOf(this.#json.chunks), field.type);
  }

  /** One row of one chunk of a vector. */
  vectorRow(chunk: number, row: number): ArrowVector {
    const [field] = this.#fields;
    if (field === undefined) throw new TypeError('has a vector without a type');
    const json = objectOf(listOf(this.#json.chunks)[chunk]);
    return new this.#arrow.Vector([this.#columns.data(json, field.type, { start: row, rows: 1 })]);
  }
}
