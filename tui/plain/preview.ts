import { inspect } from 'node:util';
import type { Output } from '../output.ts';
import { colouredLines } from './log-line.ts';
import type { Text } from './text.ts';
import { type ViewLimits, viewOf } from './view.ts';

const PAGE: ViewLimits = { depth: 6, items: 100, all: 10_000 };
const LINE: ViewLimits = { depth: 3, items: 10, all: 100 };

/** A value laid out for reading on a terminal; long lists and strings are abridged, and what is very deep. */
export function layOut(value: unknown, output: Output): Text {
  const shown = inspect(viewOf(value, PAGE), {
    colors: output.isColoured,
    depth: PAGE.depth,
    maxArrayLength: PAGE.items,
    maxStringLength: 10_000,
    breakLength: Math.max(20, output.columns - 1),
    compact: 3,
  });
  // Stacks of errors and names of classes come as they were stored.
  return colouredLines(shown, output.isColoured);
}

/** A value in one line of at most some `most` characters. */
export function oneLine(value: unknown, most = 200): string {
  const shown = inspect(viewOf(value, LINE), {
    depth: LINE.depth,
    maxArrayLength: LINE.items,
    maxStringLength: most,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
  }).replace(/\s*\n\s*/g, ' ');
  return shown.length > most ? `${shown.slice(0, most)}...` : shown;
}
