import type { Output } from '../output.ts';
import { escaped } from './escape.ts';
import { isRedrawn, redrawnLine } from './redrawn-line.ts';
import { Text } from './text.ts';

/** A colour code, the one control sequence that may pass from a log to a terminal. */
const SGR = /\x1b\[[\d;:]*m/g;
const RESET = '\x1b[0m';

/**
 * One line of a log. A terminal is sent it escaped; of a progress bar that redraws itself the last state counts, and colours pass where
 * they are shown, and end with the line. A program gets it as it was written.
 */
export function logText(
  line: string,
  { isTerminal, isColoured }: Pick<Output, 'isTerminal' | 'isColoured'>,
): Text {
  if (!isTerminal) return Text.trusted(line);
  const last = isRedrawn(line) ? redrawnLine(line) : line;
  return Text.trusted(withColours(last, isColoured));
}

/** Lines with colour codes of ours among what is from elsewhere. */
export const colouredLines = (lines: string, isColoured: boolean): Text =>
  Text.trusted(
    lines
      .split('\n')
      .map((line) => withColours(line, isColoured))
      .join('\n'),
  );

function withColours(line: string, isColoured: boolean): string {
  if (!line.includes('\x1b')) return escaped(line);
  if (!isColoured) return escaped(line.replace(SGR, ''));
  const codes = line.match(SGR) ?? [];
  const pieces = line.split(SGR).map(escaped);
  const shown = pieces.map((piece, index) => piece + (codes[index] ?? '')).join('');
  return codes.length > 0 ? shown + RESET : shown;
}
