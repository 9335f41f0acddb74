import { loadArrow } from './arrow.ts';
import { rowsOf } from './arrow-columns.ts';
import { ArrowReader, soundly } from './arrow-decode.ts';
import { type Json, listOf, objectOf } from './arrow-type.ts';
import type { PartReader } from './part-read.ts';
import { type Node, setField } from './skeleton.ts';

/** Rows of a stored Table, RecordBatch or Vector, each read alone: only the chunks its values lie in. */
export function arrowRows(tag: string, payload: Node, parts: PartReader): Rows {
  const { length, element } = soundly(parts, () => rowsIn(tag, objectOf(payload), parts));
  return { length, element: (index) => soundly(parts, () => element(index)) };
}

interface Rows {
  readonly length: number;
  element(index: number): unknown;
}

function rowsIn(tag: string, json: Json, parts: PartReader): Rows {
  const chunks = listOf(tag === '$arrow.Vector' ? json.chunks : json.batches);
  const starts: number[] = [];
  let length = 0;
  for (const chunk of chunks) {
    starts.push(length);
    length += rowsOf(objectOf(chunk));
  }
  let reader: ArrowReader | undefined;
  return {
    length,
    element(index) {
      reader ??= new ArrowReader(parts, json);
      const chunk = starts.findLastIndex((start) => start <= index);
      const row = index - (starts[chunk] ?? 0);
      const one = tag === '$arrow.Vector' ? reader.vectorRow(chunk, row) : reader.batch(chunk, row, 1);
      return plainRow(one.get(0));
    },
  };
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
