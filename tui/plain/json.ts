import { JsonWriter } from './json-writer.ts';

/** How JSON is written. */
export interface JsonOptions {
  /** Spaces a level; 0 for one line. */
  readonly indent?: number;
  /** Is called once when a value that occurs often is no longer written out each time. */
  onReference?(): void;
}

/** A value as JSON, without a line end. Only for what is short; {@link jsonPieces} for the others. */
export const jsonText = (value: unknown, indent = 0): string => [...jsonPieces(value, { indent })].join('');

/**
 * Any stored value as JSON, in pieces of some 64 K characters, so that it may be longer than a string can be; loss is chosen so that a
 * script sees it rather than a wrong value:
 *
 * - NaN and infinities, which JSON has not: the strings `"NaN"`, `"Infinity"`, `"-Infinity"`; a bigint: its digits as a string
 * - undefined and holes: null, but left out of objects; a symbol: its description
 * - Date and Temporal: ISO 8601; URL and RegExp: their text
 * - Map: an object when all its keys are strings, else a list of `[key, value]`; Set and typed arrays: lists
 * - Buffer, ArrayBuffer, DataView within a value: base64; Error: `name`, `message`, `cause` and its own fields
 * - Arrow table: a list of rows; vector: a list; file: its name, size, digest and media type
 * - a reference back to a value that holds it, and to one that occurs so often that writing it out each time would multiply
 *   the whole: `{ "$ref": "#path" }` with the path of that value
 */
export function* jsonPieces(
  value: unknown,
  { indent = 0, onReference }: JsonOptions = {},
): Generator<string> {
  const writer = new JsonWriter(indent, onReference);
  writer.write(value, '');
  while (writer.step()) if (writer.isFull) yield writer.take();
  yield writer.take();
}
