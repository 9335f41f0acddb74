import { inspect } from 'node:util';
import type { Output } from '../output.ts';
import { isVector, type Vector, valuesOf } from './columnar.ts';
import { logLine } from './escape.ts';

/** Elements of a list that are shown. */
const MOST_ITEMS = 100;

/** A value laid out for reading on a terminal, long lists and texts abridged; never longer than some hundred lines. */
export function layOut(value: unknown, output: Output, { most = MOST_ITEMS } = {}): string {
  const text = inspect(isVector(value) ? vectorItems(value, most) : value, {
    colors: output.isColoured,
    depth: 6,
    maxArrayLength: most,
    maxStringLength: 10_000,
    breakLength: Math.max(20, output.columns - 1),
    compact: 3,
  });
  // Stacks of errors and names of classes come as they were stored.
  return text
    .split('\n')
    .map((line) => logLine(line, output.isColoured))
    .join('\n');
}

function vectorItems(vector: Vector, most: number): unknown[] {
  // One more than is shown, so that it says that there are more.
  return valuesOf(vector, most + 1);
}

/** A value in one short line. */
export function oneLine(value: unknown, most = 200): string {
  const text = inspect(value, {
    depth: 3,
    maxArrayLength: 10,
    maxStringLength: most,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
  }).replaceAll('\n', ' ');
  return text.length > most ? `${text.slice(0, most)}...` : text;
}
