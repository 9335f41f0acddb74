import { MAX_DEPTH } from './limits.ts';
import { isBuiltinPrototype, isObjectPrototype } from './prototypes.ts';

/**
 * A copy of a value whose plain objects and arrays hold data alone: no getter, no proxy, no hidden toJSON. Each property was
 * read once, in the order of the keys, so that whoever looks at the copy twice sees the same. What is reached twice is one
 * object again. Everything else (instances, maps, binary data) stays itself. Never throws: what a getter or a trap throws is
 * thrown by whoever looks at what stands in its place.
 */
export const snapshotOf = (value: unknown): unknown => new Snapshot().of(value, 0);

/** One level of {@link snapshotOf}: the properties of a plain object or array, read once. Throws what a getter or trap throws. */
export function readOnce(value: object): object {
  const copy = emptyLike(value);
  if (copy === undefined) return value;
  return fill(copy, value, (key) => Reflect.get(value, key));
}

class Snapshot {
  readonly #copies = new Map<object, object>();

  of(value: unknown, depth: number): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (depth > MAX_DEPTH) return value; // The encoder says that this is too deep.
    try {
      const copy = emptyLike(value);
      if (copy === undefined) return value;
      this.#copies.set(value, copy);
      return fill(copy, value, (key) => this.#read(value, key, depth));
    } catch (error) {
      return thrower(error);
    }
  }

  #read(source: object, key: string | symbol, depth: number): unknown {
    let value: unknown;
    try {
      value = Reflect.get(source, key);
    } catch (error) {
      return thrower(error);
    }
    return this.of(value, depth + 1);
  }
}

/** A new object or array of the kind of another, or undefined when that is neither plain nor an array. */
function emptyLike(value: object): object | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (Array.isArray(value)) return isBuiltinPrototype(prototype, 'Array') ? [] : undefined;
  if (prototype === null) return Object.create(null);
  return isObjectPrototype(prototype) ? {} : undefined;
}

function fill(copy: object, source: object, read: (key: string | symbol) => unknown): object {
  if (Array.isArray(copy)) copy.length = (source as { length: number }).length; // Throws when a proxy names no length.
  for (const key of Reflect.ownKeys(source)) {
    if (Reflect.getOwnPropertyDescriptor(source, key)?.enumerable !== true) continue;
    Object.defineProperty(copy, key, {
      value: read(key),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy;
}

/** Stands for a value that could not be read, and throws as its reading did. */
function thrower(error: unknown): object {
  const fail = (): never => {
    throw error;
  };
  return new Proxy({}, { getPrototypeOf: fail, ownKeys: fail, get: fail });
}
