import { OxbowError } from '../errors.ts';
import {
  type Arrow,
  type ArrowBatch,
  type ArrowField,
  type ArrowSchema,
  type ArrowTable,
  type ArrowVector,
  loadArrow,
} from './arrow.ts';
import { ColumnReader, type Range, rowsOf } from './arrow-columns.ts';
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

/** Some rows of one batch of a table, or of one chunk of a vector. */
export interface Piece extends Range {
  readonly chunk: number;
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

  /** All rows, or those of some pieces. */
  table(pieces?: readonly Piece[]): ArrowTable {
    const schema = this.#schema();
    const batches =
      pieces === undefined
        ? listOf(this.#json.batches).map((_, index) => this.batch(index))
        : pieces.map(({ chunk, start, rows }) => this.batch(chunk, start, rows));
    return new this.#arrow.Table(schema, batches);
  }

  /** A batch, or its rows from `start` on. */
  batch(index: number, start = 0, count?: number): ArrowBatch {
    const json = objectOf(listOf(this.#json.batches)[index]);
    const struct: Json = { ...json, children: [...listOf(json.columns)] };
    const type = new this.#arrow.Struct([...this.#fields]);
    const data = this.#columns.data(struct, type, { start, rows: count ?? rowsOf(json) });
    return new this.#arrow.RecordBatch(this.#schema(), data as never, metadataIn(json.metadata));
  }

  /** All rows of a vector, or those of some pieces. */
  vector(pieces?: readonly Piece[]): ArrowVector {
    const [field] = this.#fields;
    if (field === undefined) throw new TypeError('has a vector without a type');
    const chunks = listOf(this.#json.chunks);
    if (pieces === undefined) return this.#columns.vector(chunks, field.type);
    const touched = pieces.map(({ chunk }) => chunks[chunk] ?? null);
    return this.#columns.vector(touched, field.type, pieces);
  }

  /** Names of a table's columns. */
  get columnNames(): string[] {
    return this.#fields.map(({ name }) => name);
  }

  /** Some rows of a column of a table, the first of that name. */
  column(name: string, pieces: readonly Piece[]): ArrowVector {
    const index = this.#fields.findIndex((field) => field.name === name);
    const field = this.#fields[index];
    if (field === undefined) throw new TypeError('has no such column');
    const batches = listOf(this.#json.batches);
    const touched = pieces.map(({ chunk }) => listOf(objectOf(batches[chunk]).columns)[index] ?? null);
    return this.#columns.vector(touched, field.type, pieces);
  }

  #schema(): ArrowSchema {
    const { metadata } = objectOf(this.#json.schema);
    return new this.#arrow.Schema([...this.#fields], metadataIn(metadata));
  }
}
