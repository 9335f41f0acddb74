import { types } from 'node:util';
import { ArtifactFile } from '#client';
import { isTable, isVector, rowsOf, valuesOf } from './columnar.ts';

/**
 * Any stored value as JSON can say it; loss is chosen so that a script sees it rather than a wrong value:
 *
 * - NaN and infinities, which JSON has not: the texts `"NaN"`, `"Infinity"`, `"-Infinity"`; a bigint: its digits as a text
 * - undefined and holes: null, but left out of objects; a symbol: its description
 * - Date and Temporal: ISO 8601; URL and RegExp: their text
 * - Map: an object when all its keys are texts, else a list of `[key, value]`; Set and typed arrays: lists
 * - Buffer, ArrayBuffer, DataView within a value: base64; Error: `name`, `message`, `cause` and its own fields
 * - Arrow table: a list of rows; vector: a list; file: its name, size, digest and media type
 * - a reference back to a value that holds it: `{ "$ref": "#path" }` with the path of that value
 */
export function plainOf(value: unknown): unknown {
  return new Plain().convert(value, '');
}

/** A value as JSON text, `indent` spaces a level, without a line end. */
export const jsonText = (value: unknown, indent = 0): string =>
  JSON.stringify(plainOf(value) ?? null, null, indent);

/** A value nests deeper than anything Oxbow stores: the store was made by something else. */
export class TooDeepError extends Error {
  readonly code = 'TooDeepError';

  constructor() {
    super(
      `The value is nested more than ${MAX_DEPTH} levels deep and cannot be printed. Name a part of it, as in #a.b[0].`,
    );
  }

  override get name(): string {
    return this.code;
  }
}

/** Values nest up to 500 levels; rows, errors and boxes take more than one of JSON for one of theirs. */
const MAX_DEPTH = 2000;

class Plain {
  /** The values that hold the current one, with their paths. */
  readonly #open = new Map<object, string>();

  convert(value: unknown, path: string): unknown {
    switch (typeof value) {
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'bigint':
        return String(value);
      case 'symbol':
        return value.description ?? '';
      case 'function':
        return undefined;
      case 'object':
        return value === null ? null : this.#object(value, path);
      default:
        return value;
    }
  }

  #object(value: object, path: string): unknown {
    const above = this.#open.get(value);
    if (above !== undefined) return { $ref: `#${above}` };
    if (this.#open.size >= MAX_DEPTH) throw new TooDeepError();
    this.#open.set(value, path);
    try {
      return this.#content(value, path);
    } finally {
      this.#open.delete(value);
    }
  }

  #content(value: object, path: string): unknown {
    if (Array.isArray(value)) return this.#list(value, path);
    if (types.isTypedArray(value) && !Buffer.isBuffer(value))
      return this.#list(Array.from<unknown>(value as Iterable<unknown>), path);
    const bytes = bytesOf(value);
    if (bytes) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    if (isTable(value)) return this.#list(rowsOf(value), path);
    if (isVector(value)) return this.#list(valuesOf(value), path);
    if (types.isSet(value)) return this.#list([...value], path);
    if (types.isMap(value)) return this.#map(value, path);
    if (types.isNativeError(value)) return this.#error(value, path);
    if (types.isRegExp(value) || value instanceof URL) return String(value);
    if (types.isBoxedPrimitive(value)) return this.convert(value.valueOf(), path);
    if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (isTemporal(value)) return String(value);
    if (value instanceof ArtifactFile) return value.toJSON();
    return this.#fields(value, path);
  }

  #list(list: readonly unknown[], path: string): unknown[] {
    // Array.from sees holes too, as undefined.
    return Array.from(list, (item, index) => this.convert(item, `${path}[${index}]`) ?? null);
  }

  #map(map: ReadonlyMap<unknown, unknown>, path: string): unknown {
    const isRecord = [...map.keys()].every((key) => typeof key === 'string');
    if (isRecord) return this.#entries(map as ReadonlyMap<string, unknown>, path);
    return this.#list([...map], path);
  }

  #error(error: Error, path: string): unknown {
    const { name, message, cause } = error;
    const all = { name, message, ...(cause === undefined ? {} : { cause }), ...(error as object) };
    return this.#entries(Object.entries(all), path);
  }

  #fields(value: object, path: string): unknown {
    return this.#entries(Object.entries(value), path);
  }

  #entries(entries: Iterable<readonly [string, unknown]>, path: string): unknown {
    // Without a prototype, so that a key such as __proto__ is one like any other.
    const plain: Record<string, unknown> = Object.create(null);
    for (const [key, value] of entries) plain[key] = this.convert(value, `${path}[${JSON.stringify(key)}]`);
    return plain;
  }
}

/** The bytes of a Buffer, ArrayBuffer or DataView; undefined for anything else, typed arrays of numbers too. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (Buffer.isBuffer(value)) return value;
  if (types.isAnyArrayBuffer(value)) return new Uint8Array(value);
  if (types.isDataView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return undefined;
}

const isTemporal = (value: object): boolean => {
  const tag: unknown = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  return typeof tag === 'string' && tag.startsWith('Temporal.');
};
