import { inspect } from 'node:util';
import { LONG_NUMBERS, LONG_STRING, MAX_DEPTH } from './limits.ts';
import { isBuiltinPrototype, isObjectPrototype } from './prototypes.ts';

/** What one walk over a value finds out. */
export interface Purity {
  /** JSON.stringify and JSON.parse give back the same value: no tags needed. */
  readonly pure: boolean;
  /** A lower bound of the bytes of its canonical text. */
  readonly atLeast: number;
  /** It holds a string or an array of numbers long enough to be a part. */
  readonly splits: boolean;
}

/**
 * Walks a value to prove that it is pure JSON: a tree (nothing reached twice) of plain objects, dense arrays, strings,
 * booleans, null and finite numbers other than -0. Gives up at the first thing that is not. Costs about as much as
 * JSON.stringify. Whatever a getter or a proxy throws comes through.
 */
export function purityOf(value: unknown): Purity {
  const walk = new PurityWalk();
  const pure = walk.isPure(value, 0);
  return { pure, atLeast: walk.bytes, splits: walk.splits };
}

/**
 * Whether an array or typed array has enumerable properties besides its elements. Listing the keys of a long one costs
 * more than storing it, so long ones are asked through util.inspect, which looks at the other properties alone.
 */
export function hasExtraProperties(list: ArrayLike<unknown> & object): boolean {
  if (list.length > 64 && NOTHING_BUT_ELEMENTS.test(inspect(list, ELEMENTS_HIDDEN))) return false;
  return Object.keys(list).some((key) => !isIndex(key));
}

/** Whether a property name is that of an array element. */
export function isIndex(key: string): boolean {
  const index = Number(key);
  return index >= 0 && index < 2 ** 32 - 1 && String(index >>> 0) === key;
}

const ELEMENTS_HIDDEN = {
  maxArrayLength: 0,
  depth: 0,
  customInspect: false,
  breakLength: Number.POSITIVE_INFINITY,
};
const NOTHING_BUT_ELEMENTS = /^(?:\w+\(\d+\) (?:\[\w+\] )?)?\[ \.\.\. \d+ more items? \]$/;

class PurityWalk {
  bytes = 0;
  splits = false;
  readonly #seen = new Set<object>();

  isPure(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        this.bytes += value.length + 2;
        if (value.length >= LONG_STRING) this.splits = true;
        return true;
      case 'number':
        this.bytes += 1;
        return Number.isFinite(value) && (value !== 0 || 1 / value > 0);
      case 'boolean':
        this.bytes += 4;
        return true;
      case 'object':
        if (value !== null) return this.#isPureObject(value, depth);
        this.bytes += 4;
        return true;
      default:
        return false;
    }
  }

  #isPureObject(value: object, depth: number): boolean {
    const known = this.#seen.size;
    this.#seen.add(value);
    if (this.#seen.size === known || depth >= MAX_DEPTH) return false;
    if (Object.getOwnPropertySymbols(value).length > 0) return false;
    if (Array.isArray(value)) return this.#isPureArray(value, depth + 1);
    const prototype: object | null = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && (prototype === null || !isObjectPrototype(prototype))) return false;
    const keys = Object.keys(value) as (keyof typeof value)[];
    this.bytes += 2 + (2 * depth + 8) * keys.length;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as keyof typeof value;
      this.bytes += (key as string).length;
      if (!this.isPure(value[key], depth + 1)) return false;
    }
    return true;
  }

  #isPureArray(list: readonly unknown[], depth: number): boolean {
    const prototype: object | null = Object.getPrototypeOf(list);
    if (prototype !== Array.prototype && !isBuiltinPrototype(prototype, 'Array')) return false;
    this.bytes += 2 + (2 * depth + 2) * list.length;
    let numbers = 0;
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      if (typeof value === 'number') numbers++;
      if (!this.isPure(value, depth)) return false; // A hole reads as undefined.
    }
    if (numbers === list.length && numbers >= LONG_NUMBERS) this.splits = true;
    return list.length > 64 ? !hasExtraProperties(list) : Object.keys(list).length === list.length;
  }
}
