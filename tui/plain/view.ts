import { inspect, types } from 'node:util';
import { isTable, isVector, type Vector } from './columnar.ts';
import { withoutEngineFrames } from './frames.ts';

/** How much of a value is looked at: what is deeper or further on is not going to be shown. */
export interface ViewLimits {
  readonly depth: number;
  /** Items of one list, map, set or object. */
  readonly items: number;
  /** Items of all of them together: a hundred lists of a hundred lists would be a long page. */
  readonly all: number;
}

/**
 * A copy of a value for `inspect`, in which what that would lay out as its inner workings stands as what it means: a URL as
 * its text, an Arrow vector as a list, a table as one line, an error without our own frames. The value is left alone, and no more of it is
 * touched than is shown.
 */
export function viewOf(value: unknown, limits: ViewLimits): unknown {
  return new Viewer(limits).view(value, 0);
}

class Viewer {
  readonly #limits: ViewLimits;
  /** Items that may still be shown. */
  #left: number;
  /** Copies of the values that hold the current one, so that one that holds itself still does. Others are copied each time, since `inspect` prints them each time. */
  readonly #open = new Map<object, unknown>();

  constructor(limits: ViewLimits) {
    this.#limits = limits;
    this.#left = limits.all;
  }

  view(value: unknown, depth: number): unknown {
    this.#left -= 1;
    if (typeof value === 'string' && this.#left <= 0) return value.slice(0, SHORT);
    if (typeof value !== 'object' || value === null) return value;
    // `inspect` shows only what it is.
    if (depth > this.#limits.depth) return value;
    const known = this.#open.get(value);
    if (known !== undefined) return known;
    if (this.#left <= 0) return new Verbatim(Array.isArray(value) ? '[Array]' : '[Object]');
    try {
      return this.#copyOf(value, depth + 1);
    } finally {
      this.#open.delete(value);
    }
  }

  #copyOf(value: object, depth: number): unknown {
    if (Array.isArray(value)) return this.#list(value, depth);
    if (isTable(value)) return new Verbatim(`Table ${value.numRows}x${value.schema.fields.length}`);
    if (isVector(value)) return this.#vector(value, depth);
    if (value instanceof URL) return new Verbatim(`URL ${value.href}`);
    if (types.isNativeError(value)) return this.#error(value, depth);
    if (types.isMap(value)) return this.#map(value, depth);
    if (types.isSet(value)) return this.#set(value, depth);
    return isPlain(value) || isWide(value, this.#limits.items) ? this.#fields(value, depth) : value;
  }

  /** A list of the same length, of which the items that are going to be shown are copied. */
  #list(list: readonly unknown[], depth: number): unknown[] {
    const copy = new Array<unknown>(list.length);
    this.#open.set(list, copy);
    for (let index = 0; index < this.#shown(list.length); index += 1) {
      if (index in list) copy[index] = this.view(list[index], depth);
    }
    return copy;
  }

  #vector(vector: Vector, depth: number): unknown[] {
    const copy = new Array<unknown>(vector.length);
    for (let index = 0; index < this.#shown(vector.length); index += 1) {
      copy[index] = this.view(vector.get(index), depth);
    }
    return copy;
  }

  #shown(length: number): number {
    return Math.min(length, this.#limits.items);
  }

  #map(map: ReadonlyMap<unknown, unknown>, depth: number): unknown {
    const copy = new Map<unknown, unknown>();
    this.#open.set(map, copy);
    const entries = map.entries();
    for (let index = 0; index < this.#shown(map.size); index += 1) {
      const [key, value] = entries.next().value ?? [];
      copy.set(this.view(key, depth), this.view(value, depth));
    }
    // `inspect` counts those it does not show.
    while (copy.size < map.size) copy.set(Symbol(), undefined);
    return copy;
  }

  #set(set: ReadonlySet<unknown>, depth: number): unknown {
    const copy = new Set<unknown>();
    this.#open.set(set, copy);
    const values = set.values();
    for (let index = 0; index < this.#shown(set.size); index += 1)
      copy.add(this.view(values.next().value, depth));
    while (copy.size < set.size) copy.add(Symbol());
    return copy;
  }

  #fields(value: object, depth: number): unknown {
    const copy: object = Object.create(Object.getPrototypeOf(value));
    this.#open.set(value, copy);
    const keys = Object.keys(value);
    for (const key of keys.slice(0, this.#limits.items))
      define(copy, key, this.view((value as Readonly<Record<string, unknown>>)[key], depth));
    const more = keys.length - this.#limits.items;
    if (more > 0) define(copy, '...', new Verbatim(`${more} more ${more === 1 ? 'field' : 'fields'}`));
    return copy;
  }

  #error(error: Error, depth: number): unknown {
    const copy: object = Object.create(Object.getPrototypeOf(error), Object.getOwnPropertyDescriptors(error));
    this.#open.set(error, copy);
    const stack = { value: withoutEngineFrames(error.stack ?? ''), enumerable: false };
    Object.defineProperty(copy, 'stack', { ...stack, configurable: true });
    for (const key of Object.keys(error))
      define(copy, key, this.view((error as unknown as Record<string, unknown>)[key], depth));
    if (error.cause !== undefined) {
      Object.defineProperty(copy, 'cause', { value: this.view(error.cause, depth), configurable: true });
    }
    return copy;
  }
}

/** Characters of a string that stands where there is no room left. */
const SHORT = 100;

function define(copy: object, key: string, value: unknown): void {
  // A key such as __proto__ is one like any other.
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** An instance of a class with more fields than are shown. */
const isWide = (value: object, items: number): boolean =>
  !ArrayBuffer.isView(value) && Object.keys(value).length > items;

/** Text that `inspect` prints as it is. */
class Verbatim {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  [inspect.custom](): string {
    return this.#text;
  }
}
