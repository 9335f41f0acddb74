import { ReadOnlyError } from '../errors.ts';

/**
 * A copy of a value whose plain objects and arrays are frozen all the way down and say, when something tries to change them, what
 * they are: `path` is the name of the whole. What keeps its own ways, such as a Map, is left as it is.
 */
export function immutable(value: unknown, path: string, seen = new Map<object, object>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const prototype: object | null = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  const known = seen.get(value);
  if (known) return known;
  const copy: object = Array.isArray(value) ? [] : Object.create(prototype);
  const guarded = new Proxy(copy, refusals(path));
  seen.set(value, guarded);
  for (const [key, child] of Object.entries(value)) {
    const part = immutable(child, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, seen);
    Object.defineProperty(copy, key, { value: part, enumerable: true });
  }
  if (Array.isArray(value)) (copy as unknown[]).length = value.length;
  Object.freeze(copy);
  return guarded;
}

function refusals(path: string): ProxyHandler<object> {
  const refuse = (target: object, key: string | symbol): never => {
    const part = Array.isArray(target) ? `${path}[${String(key)}]` : `${path}.${String(key)}`;
    throw new ReadOnlyError(part, 'part of a config');
  };
  return { set: refuse, defineProperty: (_, key) => refuse(_, key), deleteProperty: refuse };
}
