import { inspect, types } from 'node:util';
import { Distinct, joinMarks, markOfNumber, markOfText } from './distinct.ts';
import { isMisplaced } from './encode-builtin.ts';
import { LONG_NUMBERS, LONG_STRING, MAX_DEPTH } from './limits.ts';
import { isBuiltinPrototype, isObjectPrototype } from './prototypes.ts';
import { readNumbers } from './read-numbers.ts';

/** What one walk over a value finds out. */
export interface Survey {
  /**
   * `json`: JSON.stringify and JSON.parse give back the same value. `tree`: the same but for leaves JSON lacks (undefined,
   * NaN, ±Infinity, -0, bigints, dates). `other`: anything else, or the walk gave up.
   */
  readonly kind: 'json' | 'tree' | 'other';
  /**
   * It holds something that may answer differently each time it is asked, or that JSON.stringify sees otherwise: a getter, a
   * proxy, a hidden `toJSON`. The walk asked none of them and gave up; a snapshot of the value is to be surveyed instead.
   */
  readonly isLive: boolean;
  /** A lower bound of the bytes of its canonical JSON text. */
  readonly atLeast: number;
  /** It holds a string or an array of numbers long enough to be a part. */
  readonly splits: boolean;
  /** What the walk read of very long arrays of numbers, so that nobody has to read them again. */
  readonly numbers: ReadonlyMap<object, Float64Array<ArrayBuffer>>;
}

/**
 * Walks a value to prove that it is a tree (nothing reached twice) of plain objects, dense arrays and leaves. Gives up at
 * the first thing that is not. Costs about as much as JSON.stringify. Calls nothing of the value's own.
 */
export function surveyOf(value: unknown): Survey {
  const walk = new Walk();
  const isTree =
    walk.isTree(value, 0) && walk.areDistinct && !(walk.looksTagged && (walk.hasOddLeaves || walk.splits));
  const kind = !isTree ? 'other' : walk.hasOddLeaves ? 'tree' : 'json';
  return {
    kind,
    isLive: walk.isLive,
    atLeast: walk.bytes,
    splits: walk.splits,
    numbers: walk.numbers ?? NO_NUMBERS,
  };
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

function hasEnumerable(prototype: object): boolean {
  for (const _ in prototype) return true;
  return false;
}

const isHidden = (value: object, key: string): boolean =>
  Object.hasOwn(value, key) && !Object.prototype.propertyIsEnumerable.call(value, key);

class Walk {
  bytes = 0;
  splits = false;
  hasOddLeaves = false;
  /** The first key of an object begins with "$", as in tags: among tags it may have to be wrapped. */
  looksTagged = false;
  isLive = false;
  numbers: Map<object, Float64Array<ArrayBuffer>> | undefined;
  // A mark of what has been walked over in the object or array being looked at.
  #mark = 0;
  readonly #objects = new Distinct();
  // Someone gave Object.prototype, ours or that of another realm, a property that for-in lists.
  #inheritsFields = hasEnumerable(Object.prototype);

  /** No object has been reached twice, which {@link isTree} does not find out at once. */
  get areDistinct(): boolean {
    return this.#objects.settle();
  }

  isTree(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        this.bytes += value.length + 2;
        this.#mark = joinMarks(this.#mark, markOfText(value));
        if (value.length >= LONG_STRING) this.splits = true;
        return true;
      case 'number':
        this.bytes += 1;
        this.#mark = joinMarks(this.#mark, markOfNumber(value));
        if (!Number.isFinite(value) || (value === 0 && 1 / value < 0)) this.hasOddLeaves = true;
        return true;
      case 'boolean':
        this.bytes += 4;
        this.#mark = joinMarks(this.#mark, value ? 2 : 1);
        return true;
      case 'object':
        if (value !== null) return this.#isObjectTree(value, depth);
        this.bytes += 4;
        return true;
      case 'undefined':
      case 'bigint':
        this.hasOddLeaves = true;
        return true;
      default:
        return false;
    }
  }

  #isObjectTree(value: object, depth: number): boolean {
    if (types.isProxy(value)) return this.#live();
    if (depth >= MAX_DEPTH) return false;
    // A symbol that listings leave out is no part of the value; one that they name is the encoder's to refuse.
    if (Object.getOwnPropertySymbols(value).length > 0) return this.#live();
    const before = this.#mark;
    this.#mark = 0;
    const isTree = Array.isArray(value)
      ? this.#isArrayTree(value, depth + 1)
      : this.#isRecordTree(value, depth);
    if (!isTree || !this.#objects.add(value, this.#mark)) return false;
    this.#mark = joinMarks(before, this.#mark);
    return true;
  }

  #live(): false {
    this.isLive = true;
    return false;
  }

  #isRecordTree(value: object, depth: number): boolean {
    const prototype: object | null = Object.getPrototypeOf(value);
    this.bytes += 2;
    if (prototype !== Object.prototype) {
      if (types.isDate(value)) return this.#isDateLeaf(value);
      if (prototype === null || !isObjectPrototype(prototype)) return false;
      if ('toJSON' in prototype) return this.#live(); // That of ours is none that jsonText asks.
      this.#inheritsFields ||= hasEnumerable(prototype);
    }
    if ('toJSON' in value && isHidden(value, 'toJSON')) return this.#live();
    return this.#areFieldsTrees(value as Record<string, unknown>, depth);
  }

  #areFieldsTrees(value: Record<string, unknown>, depth: number): boolean {
    let fields = 0;
    for (const key in value) {
      if (this.#inheritsFields && !Object.hasOwn(value, key)) continue;
      if (lookupGetter.call(value, key) !== undefined) return this.#live();
      if (fields++ === 0 && key.startsWith('$')) this.looksTagged = true;
      this.bytes += key.length + 2 * depth + 8;
      if (!this.isTree(value[key], depth + 1)) return false;
    }
    return fields > 0 || !isMisplaced(value);
  }

  #isDateLeaf(date: Date): boolean {
    this.hasOddLeaves = true;
    return isBuiltinPrototype(Object.getPrototypeOf(date), 'Date') && Object.keys(date).length === 0;
  }

  #isArrayTree(list: readonly unknown[], depth: number): boolean {
    const prototype: object | null = Object.getPrototypeOf(list);
    if (prototype !== Array.prototype) {
      if (!isBuiltinPrototype(prototype, 'Array')) return false;
      if ('toJSON' in (prototype as object)) return this.#live();
    }
    if ('toJSON' in list && Object.hasOwn(list, 'toJSON')) return this.#live();
    this.bytes += 2 + (2 * depth + 2) * list.length;
    if (!this.#areVeryManyNumbers(list) && !this.#areItemsTrees(list, depth)) return false;
    return list.length > 64 ? !hasExtraProperties(list) : Object.keys(list).length === list.length;
  }

  #areItemsTrees(list: readonly unknown[], depth: number): boolean {
    let numbers = 0;
    for (let i = 0; i < list.length; i++) {
      if (lookupGetter.call(list, i) !== undefined) return this.#live();
      const value = list[i];
      if (typeof value === 'number') numbers++;
      else if (value === undefined && !Object.hasOwn(list, i)) return false;
      if (!this.isTree(value, depth)) return false;
    }
    if (numbers === list.length && numbers >= LONG_NUMBERS) this.splits = true;
    return true;
  }

  // To ask for each of a million elements what it is costs more than storing them. So they are read, once, into what is stored
  // of them. Their text is too long for an artifact that is JSON as a whole, so nobody else reads them.
  #areVeryManyNumbers(list: readonly unknown[]): boolean {
    if (list.length < VERY_MANY) return false;
    const first = Object.getOwnPropertyDescriptor(list, 0);
    if (typeof first?.value !== 'number') return false;
    const read = readNumbers(list, first.value);
    if (!('numbers' in read)) return false;
    const { numbers } = read;
    for (const value of numbers) {
      this.#mark = joinMarks(this.#mark, markOfNumber(value));
      if (!Number.isFinite(value) || (value === 0 && 1 / value < 0)) this.hasOddLeaves = true;
    }
    this.bytes += numbers.length;
    this.splits = true;
    this.numbers ??= new Map();
    this.numbers.set(list, numbers);
    return true;
  }
}

const NO_NUMBERS: Survey['numbers'] = new Map();

/** The getter a property has. In V8 a third of the time of a descriptor, and of an element of an array a tenth. */
const lookupGetter = Reflect.get(Object.prototype, '__lookupGetter__') as (
  this: object,
  key: string | number,
) => (() => unknown) | undefined;

// So many numbers take more than SMALL_TEXT as canonical text.
const VERY_MANY = 16_384;
