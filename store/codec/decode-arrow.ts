import { ArrowReader, soundly } from './arrow-decode.ts';
import { objectOf } from './arrow-type.ts';
import type { TagDecoder } from './scholar.ts';

const tag =
  (make: (reader: ArrowReader) => object): TagDecoder =>
  (payload, scholar) =>
    scholar.claim(soundly(scholar.parts, () => make(new ArrowReader(scholar.parts, objectOf(payload)))));

/** Tables, record batches and vectors of apache-arrow. */
export const arrowTags: Record<string, TagDecoder> = {
  '$arrow.Table': tag((reader) => reader.table()),
  '$arrow.RecordBatch': tag((reader) => reader.batch(0)),
  '$arrow.Vector': tag((reader) => reader.vector()),
};
