import { types } from 'node:util';
import { sliceBounds } from './bounds.ts';
import type { Node } from './skeleton.ts';

/** What a foreach goes through, and stretches of it. `length` is undefined for a value that cannot be iterated. */
export interface Elements {
  readonly length: number | undefined;
  /** `index` is a whole number below `length`. */
  element(index: number): unknown;
  /** The elements from `start` up to `end`, in bounds, as a value of the same kind; of a Set or Map as a list. */
  slice(start: number, end: number): unknown;
  /** Of a table: its columns, each readable alone. */
  readonly columns?: Columns;
}

/** The columns of a table. */
export interface Columns {
  readonly names: readonly string[];
  /** The rows from `start` up to `end`, in bounds, of a column that there is. */
  column(name: string, start: number, end: number): unknown;
}

/** Turns nodes of a skeleton into values, anew at each call. */
export interface NodeDecoder {
  one(node: Node): unknown;
  /** Several at once: what they share they share again. */
  list(nodes: readonly Node[]): unknown[];
}

/** The elements of a value in memory. */
export function elementsOfValue(value: unknown): Elements {
  if (typeof value === 'string') return elementsOfText(() => value);
  if (types.isStringObject(value)) return elementsOfText(() => String(value));
  if (Array.isArray(value)) return elementsOfList(value);
  if (types.isTypedArray(value)) {
    const array: typeof value & { slice(start: number, end: number): unknown } = value;
    return {
      length: value.length,
      element: (index) => value[index],
      slice: (start, end) => array.slice(start, end),
    };
  }
  if (types.isSet(value) || types.isMap(value)) return elementsOfList([...value]);
  return NO_ELEMENTS;
}

/** The characters of a text, which is read when they are asked for: code points, as for-of gives them. */
export function elementsOfText(read: () => string): Elements {
  let list: string[] | undefined;
  const points = () => {
    list ??= Array.from(read());
    return list;
  };
  return {
    get length() {
      return points().length;
    },
    element: (index) => points()[index],
    slice: (start, end) => points().slice(start, end).join(''),
  };
}

/** A stretch of elements, counted as Array.prototype.slice does; undefined when there are none to count. */
export function sliceOf(elements: Elements, from?: number, to?: number): unknown {
  const { length } = elements;
  return length === undefined ? undefined : elements.slice(...sliceBounds(length, from, to));
}

/** What a value has that is nothing to iterate. */
export const NO_ELEMENTS: Elements = { length: undefined, element: () => undefined, slice: () => undefined };

const elementsOfList = (list: readonly unknown[]): Elements => ({
  length: list.length,
  element: (index) => list[index],
  slice: (start, end) => list.slice(start, end),
});
