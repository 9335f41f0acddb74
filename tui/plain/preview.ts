import { inspect } from 'node:util';
import type { Output } from '../output.ts';
import { logLine } from './escape.ts';
import { type ViewLimits, viewOf } from './view.ts';

const PAGE: ViewLimits = { depth: 6, items: 100 };
const LINE: ViewLimits = { depth: 3, items: 10 };

/** A value laid out for reading on a terminal; long lists and texts are abridged, and what is very deep. */
export function layOut(value: unknown, output: Output): string {
  const text = inspect(viewOf(value, PAGE), {
    colors: output.isColoured,
    depth: PAGE.depth,
    maxArrayLength: PAGE.items,
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

/** A value in one line of at most some `most` characters. */
export function oneLine(value: unknown, most = 200): string {
  const text = inspect(viewOf(value, LINE), {
    depth: LINE.depth,
    maxArrayLength: LINE.items,
    maxStringLength: most,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
  }).replace(/\s*\n\s*/g, ' ');
  return text.length > most ? `${text.slice(0, most)}...` : text;
}
