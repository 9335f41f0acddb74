import { inspect, types } from 'node:util';
import { columnNames, isTable, isVector, type Vector } from './columnar.ts';
import { withoutEngineFrames } from './frames.ts';

/** How much of a value is looked at: what is deeper or further on is not going to be shown. */
export interface ViewLimits {
  readonly depth: number;
  readonly items: number;
}

/**
 * A copy of a value for `inspect`, in which what that would lay out as its inner workings stands as what it means: a URL as
 * its text, an Arrow vector as a list, a table as one line, an error without our own frames. The value is left alone.
 */
export function viewOf(value: unknown, limits: ViewLimits): unknown {
  return new Viewer(limits).view(value, 0);
}

class Viewer {
  readonly #limits: ViewLimits;
  /** Copies by original, so that a value that holds itself still does. */
  readonly #copies = new Map<object, unknown>();

  constructor(limits: ViewLimits) {
    this.#limits = limits;
  }

  view(value: unknown, depth: number): unknown {
    if (typeof value !== 'object' || value === null || depth > this.#limits.depth) return value;
    const known = this.#copies.get(value);
    return known === undefined ? this.#copyOf(value, depth + 1) : known;
  }

  #copyOf(value: object, depth: number): unknown {
    if (Array.isArray(value)) return this.#list(value, depth);
    if (isTable(value)) return new Verbatim(`Table ${value.numRows}x${columnNames(value).length}`);
    if (isVector(value)) return this.#vector(value, depth);
    if (value instanceof URL) return new Verbatim(`URL ${value.href}`);
    if (types.isNativeError(value)) return this.#error(value, depth);
    if (types.isMap(value)) return this.#map(value, depth);
    if (types.isSet(value)) return this.#set(value, depth);
    return isPlain(value) ? this.#fields(value, depth) : value;
  }

  /** A list of the same length, of which the items that are going to be shown are copied. */
  #list(list: readonly unknown[], depth: number): unknown[] {
    const copy = new Array<unknown>(list.length);
    this.#copies.set(list, copy);
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
    this.#copies.set(map, copy);
    for (const [key, value] of map) copy.set(this.view(key, depth), this.view(value, depth));
    return copy;
  }

  #set(set: ReadonlySet<unknown>, depth: number): unknown {
    const copy = new Set<unknown>();
    this.#copies.set(set, copy);
    for (const value of set) copy.add(this.view(value, depth));
    return copy;
  }

  #fields(value: object, depth: number): unknown {
    const copy: object = Object.create(Object.getPrototypeOf(value));
    this.#copies.set(value, copy);
    for (const [key, field] of Object.entries(value)) define(copy, key, this.view(field, depth));
    return copy;
  }

  #error(error: Error, depth: number): unknown {
    const copy: object = Object.create(Object.getPrototypeOf(error), Object.getOwnPropertyDescriptors(error));
    this.#copies.set(error, copy);
    const stack = { value: withoutEngineFrames(error.stack ?? ''), enumerable: false };
    Object.defineProperty(copy, 'stack', { ...stack, configurable: true });
    if (error.cause !== undefined) {
      Object.defineProperty(copy, 'cause', { value: this.view(error.cause, depth), configurable: true });
    }
    return copy;
  }
}

function define(copy: object, key: string, value: unknown): void {
  // A key such as __proto__ is one like any other.
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

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
