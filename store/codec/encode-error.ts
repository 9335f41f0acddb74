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
 * its own enumerable properties.
 */
export function encodeError(error: Error, scribe: Scribe): Node {
  const kind = kindOf(error);
  const fields: Record<string, Node> = { class: kind };
  for (const field of ERROR_FIELDS) {
    const own = Object.getOwnPropertyDescriptor(error, field);
    if (own?.enumerable) continue; // Among the properties.
    const isInherited = own === undefined && (field === 'name' || field === 'message');
    if (own === undefined && !(isInherited && error[field] !== builtinDefault(kind, field))) continue;
    const value: unknown = Reflect.get(error, field);
    if (field !== 'stack' || typeof value === 'string') scribe.put(fields, field, value, field);
  }
  const properties: Record<string, Node> = {};
  scribe.putProperties(properties, error);
  if (Object.keys(properties).length > 0) fields.properties = properties;
  return { $Error: fields };
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
