import { types } from 'node:util';
import { escapedJson } from './escape.ts';
import { SMALL } from './repeats.ts';

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
export function fieldsOf(value: object): Iterator<readonly [string, unknown]> {
  const keys = Object.keys(value);
  let at = 0;
  return {
    next() {
      const key = keys[at];
      at += 1;
      if (key === undefined) return { done: true, value: undefined };
      return { done: false, value: [key, (value as Readonly<Record<string, unknown>>)[key]] };
    },
  };
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

/** Most containers are lists and objects of no class, and need not be asked whether they are anything else. */
export function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A few strings, numbers and the like in a list or object, as JSON.stringify writes them, and how many; undefined for anything else. */
export function simpleText(
  value: object,
  indent: number,
): { readonly text: string; readonly items: number } | undefined {
  if (!isPlain(value)) return undefined;
  const items = Array.isArray(value) ? value : Object.values(value);
  if (items.length > SMALL || !items.every(isSimple)) return undefined;
  // Holes are undefined, and hidden fields of a list are not looked at.
  if (Array.isArray(value) && items.includes(undefined)) return undefined;
  return { text: escapedJson(JSON.stringify(value, null, indent)), items: items.length };
}

const isSimple = (value: unknown): boolean =>
  value === null ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && value.length < LONG) ||
  (typeof value === 'number' && Number.isFinite(value));

/** A longer string is written in slices. */
const LONG = 10_000;
