import { OxbowError } from '../errors.ts';
import { ArrowReader } from './arrow-decode.ts';
import { objectOf } from './arrow-type.ts';
import type { Scholar, TagDecoder } from './scholar.ts';

const tag =
  (make: (reader: ArrowReader) => object): TagDecoder =>
  (payload, scholar) =>
    attempt(scholar, () => scholar.claim(make(new ArrowReader(scholar.parts, objectOf(payload)))));

/** Tables, record batches and vectors of apache-arrow. */
export const arrowTags: Record<string, TagDecoder> = {
  '$arrow.Table': tag((reader) => reader.table()),
  '$arrow.RecordBatch': tag((reader) => reader.batch(0)),
  '$arrow.Vector': tag((reader) => reader.vector()),
};

// Whatever the library says about buffers that do not fit together.
function attempt<T>(scholar: Scholar, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof OxbowError || !(error instanceof Error)) throw error;
    return scholar.corrupt(`holds an Arrow value that ${error.message}`);
  }
}
