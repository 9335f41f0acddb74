import { loadArrow } from './arrow.ts';
import { rowsOf } from './arrow-columns.ts';
import { ArrowReader, type Piece, soundly } from './arrow-decode.ts';
import { type Json, listOf, objectOf } from './arrow-type.ts';
import type { Columns, Elements } from './elements.ts';
import type { PartReader } from './part-read.ts';
import { type Node, setField } from './skeleton.ts';

/** Rows of a stored Table, RecordBatch or Vector, and its columns: only the chunks their values lie in are read. */
export function arrowElements(tag: string, payload: Node, parts: PartReader): Elements {
  const rows = soundly(parts, () => new Rows(tag, objectOf(payload), parts));
  const columns: Columns = {
    get names() {
      return soundly(parts, () => rows.reader.columnNames);
    },
    column: (name, start, end) => soundly(parts, () => rows.reader.column(name, rows.pieces(start, end))),
  };
  return {
    length: rows.length,
    element: (index) => soundly(parts, () => rows.element(index)),
    slice: (start, end) => soundly(parts, () => rows.slice(start, end)),
    ...(tag === '$arrow.Vector' ? {} : { columns }),
  };
}

class Rows {
  readonly length: number;
  readonly #tag: string;
  readonly #json: Json;
  readonly #parts: PartReader;
  /** The first row of each chunk. */
  readonly #starts: readonly number[];
  #reader: ArrowReader | undefined;

  constructor(tag: string, json: Json, parts: PartReader) {
    this.#tag = tag;
    this.#json = json;
    this.#parts = parts;
    const starts: number[] = [];
    let length = 0;
    for (const chunk of listOf(tag === '$arrow.Vector' ? json.chunks : json.batches)) {
      starts.push(length);
      length += rowsOf(objectOf(chunk));
    }
    this.#starts = starts;
    this.length = length;
  }

  get reader(): ArrowReader {
    this.#reader ??= new ArrowReader(this.#parts, this.#json);
    return this.#reader;
  }

  element(index: number): unknown {
    const pieces = this.pieces(index, index + 1);
    const one = this.#tag === '$arrow.Vector' ? this.reader.vector(pieces) : this.reader.table(pieces);
    return plainRow(one.get(0));
  }

  slice(start: number, end: number): unknown {
    const pieces = this.pieces(start, end);
    return this.#tag === '$arrow.Vector' ? this.reader.vector(pieces) : this.reader.table(pieces);
  }

  /** The rows from `start` up to `end`, chunk by chunk. */
  pieces(start: number, end: number): Piece[] {
    return this.#starts.flatMap((first, chunk) => {
      const next = this.#starts[chunk + 1] ?? this.length;
      const from = Math.max(start, first);
      const rows = Math.min(end, next) - from;
      return rows > 0 ? [{ chunk, start: from - first, rows }] : [];
    });
  }
}

/** A cell, row or list as plain data; the library gives windows on its memory. */
export function plainRow(value: unknown): unknown {
  const { StructRow, MapRow, Vector } = loadArrow();
  if (value instanceof StructRow || value instanceof MapRow) {
    const row = {};
    for (const [key, field] of value as Iterable<[unknown, unknown]>)
      setField(row, String(key), plainRow(field));
    return row;
  }
  return value instanceof Vector ? plainRows(value) : value;
}

/** Rows, or the elements of a list, as plain data. */
export const plainRows = (list: Iterable<unknown>): unknown[] => Array.from(list, plainRow);
