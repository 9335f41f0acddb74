import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as arrow from 'apache-arrow';

/** The library apache-arrow. Only this file imports it, and only when an Arrow value is loaded. */
export type Arrow = typeof arrow;

/** A type of the library, as a reader makes it. */
export type ArrowType = arrow.DataType;

/** A named type of the library. */
export type ArrowField = arrow.Field;

/** A stretch of a column in the library's memory layout. */
export type ArrowData = arrow.Data;

/** A column of the library. */
export type ArrowVector = arrow.Vector;

/** The columns of a table of the library, without rows. */
export type ArrowSchema = arrow.Schema;

/** A table of the library. */
export type ArrowTable = arrow.Table;

/** A batch of rows of the library. */
export type ArrowBatch = arrow.RecordBatch;

/**
 * The library, loaded at the first call and synchronously. It is the instance that `import … from 'apache-arrow'` gives
 * a flow, so that `instanceof Table` holds there. Under a loader that compiles what is required (tsx does), that instance
 * is out of reach and the CommonJS build stands in for it; the library's own `instanceof` knows its other copies.
 */
export function loadArrow(): Arrow {
  library ??= requireArrow();
  return library;
}

let library: Arrow | undefined;

function requireArrow(): Arrow {
  const require = createRequire(import.meta.url);
  if (require.extensions['.ts'] === undefined) {
    try {
      return require(fileURLToPath(import.meta.resolve('apache-arrow')));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_REQUIRE_ESM')) throw error;
    }
  }
  return require('apache-arrow');
}
