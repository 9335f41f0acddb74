import { loadArrow } from './arrow.ts';
import { ArrowReader, rowsOf } from './arrow-decode.ts';
import { type Json, listOf, objectOf } from './arrow-type.ts';
import type { PartReader } from './part-read.ts';
import { setField } from './skeleton.ts';

/** Rows of a stored Table, RecordBatch or Vector, each read alone: only the chunks its values lie in. */
export function arrowRows(
  tag: string,
  json: Json,
  parts: PartReader,
): { length: number; element(index: number): unknown } {
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
      return plain(one.get(0));
    },
  };
}

// Rows and lists as the library gives them are windows on its memory; what a foreach hands out is data.
function plain(value: unknown): unknown {
  const { StructRow, MapRow, Vector } = loadArrow();
  if (value instanceof StructRow || value instanceof MapRow) {
    const row = {};
    for (const [key, field] of value as Iterable<[unknown, unknown]>)
      setField(row, String(key), plain(field));
    return row;
  }
  return value instanceof Vector ? Array.from(value, plain) : value;
}
