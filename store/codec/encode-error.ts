import { isBuiltinPrototype } from './prototypes.ts';
import type { Scribe } from './scribe.ts';
import type { Node } from './skeleton.ts';

/** Built-in classes of error, the most particular first. */
export const ERROR_KINDS = [
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
  'SuppressedError',
  'Error',
];

/** Properties of errors that listings leave out and that are stored nevertheless. */
export const ERROR_FIELDS = ['name', 'message', 'stack', 'cause', 'errors', 'error', 'suppressed'];

/**
 * An error: the nearest built-in class, since a reader need not have the user's; its name, message, stack and cause; and
 * its own enumerable properties. An error is a report: what of it cannot be stored or read, such as the sockets and functions
 * that errors of HTTP clients carry along, is left out and does not become the reason of another failure.
 */
export function encodeError(error: Error, scribe: Scribe): Node {
  const kind = kindOf(error);
  const fields: Record<string, Node> = { class: kind };
  for (const field of ERROR_FIELDS) {
    const own = descriptorOf(error, field);
    if (own?.enumerable) continue; // Among the properties.
    const isInherited = own === undefined && (field === 'name' || field === 'message');
    if (own === undefined && !isInherited) continue;
    const read = readOf(error, field);
    if (read === undefined || (isInherited && read.value === builtinDefault(kind, field))) continue;
    if (field !== 'stack' || typeof read.value === 'string') scribe.attempt(fields, field, read.value, field);
  }
  const properties: Record<string, Node> = {};
  for (const key of keysOf(error)) {
    const read = readOf(error, key);
    if (read !== undefined) scribe.attempt(properties, key, read.value, key);
  }
  if (Object.keys(properties).length > 0) fields.properties = properties;
  return { $Error: fields };
}

function readOf(error: Error, key: string): { readonly value: unknown } | undefined {
  try {
    return { value: Reflect.get(error, key) };
  } catch {
    return undefined; // A getter that throws.
  }
}

function descriptorOf(error: Error, key: string): PropertyDescriptor | undefined {
  try {
    return Object.getOwnPropertyDescriptor(error, key);
  } catch {
    return undefined; // A proxy that throws.
  }
}

function keysOf(error: Error): readonly string[] {
  try {
    return Object.keys(error);
  } catch {
    return [];
  }
}

function kindOf(error: Error): string {
  let prototype: object | null = Object.getPrototypeOf(error);
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const found = ERROR_KINDS.find((kind) => isBuiltinPrototype(prototype, kind));
    if (found !== undefined) return found;
  }
  return 'Error';
}

const builtinDefault = (kind: string, field: 'name' | 'message'): string => (field === 'name' ? kind : '');
