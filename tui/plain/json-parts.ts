import { types } from 'node:util';
import { escapedJson } from './escape.ts';

/** Also control characters of 8 bits and those that reorder or hide are escaped: JSON is often looked at. */
export const escapedString = (text: string): string => escapedJson(JSON.stringify(text));

/** Some `size` characters of a long string, as they stand within quotes. A pair of surrogates stays together. */
export function sliceOf(text: string, from: number, size: number): readonly [shown: string, to: number] {
  const end = from + size;
  const to = /[\ud800-\udbff]/.test(text[end - 1] ?? '') ? end + 1 : end;
  return [escapedString(text.slice(from, to)).slice(1, -1), to];
}

/** The string that stands for an object in JSON, where one does. */
export function leafOf(value: object): string | undefined {
  if (types.isRegExp(value) || value instanceof URL) return String(value);
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  return isTemporal(value) ? String(value) : undefined;
}

/** What JSON has of an error. */
export function asPlain(error: Error): object {
  const { name, message, cause } = error;
  return { name, message, ...(cause === undefined ? {} : { cause }), ...(error as object) };
}

/** The fields of an object, one at a time. */
export function* fieldsOf(value: object): Generator<readonly [string, unknown]> {
  for (const key of Object.keys(value)) yield [key, (value as Readonly<Record<string, unknown>>)[key]];
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
