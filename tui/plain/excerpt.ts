import type { Output } from '../output.ts';
import { type Text, text } from './text.ts';
import { characters, cutEnd, pad, widthOf } from './width.ts';

/** The text of a source file, or undefined when it is not to be had. */
export type SourceReader = (file: string) => string | undefined;

const LINES_BEFORE = 2;
const TAB = '  ';
/** Enough for a line of code in a file that is no terminal. */
const WIDEST = 160;

/** A line of a source file with those before it and a caret below the column, as indented lines; none when it is not there. */
export function excerpt(
  source: string,
  { line, column }: { readonly line: number; readonly column: number },
  output: Output,
): Text[] {
  const lines = source.split(/\r?\n/);
  const wanted = lines[line - 1];
  if (wanted === undefined) return [];
  const { paint, glyphs } = output;
  const gutter = String(line).length;
  const room = (output.isTerminal ? output.columns : WIDEST) - gutter - INDENT.length - 5;
  const shown = lines.slice(Math.max(0, line - 1 - LINES_BEFORE), line);
  while (shown.length > 1 && shown[0]?.trim() === '') shown.shift();
  const window = windowOn(wanted, column, room);
  const numbered = shown.map((code, index) => {
    const number = line - shown.length + 1 + index;
    const isWanted = number === line;
    const cut = cutEnd(isWanted ? window.code : untabbed(code.slice(0, room * UNITS)), room, glyphs.ellipsis);
    const head = paint.faint(text`${pad(String(number), gutter, 'left')} ${glyphs.bar}`);
    return text`${INDENT}${isWanted ? paint.bad('>') : ' '} ${head} ${cut}`;
  });
  const caret = text`${INDENT}  ${' '.repeat(gutter)} ${paint.faint(glyphs.bar)} ${' '.repeat(window.column)}${paint.bad('^')}`;
  return [...numbered, caret];
}

/** Source stands below the line that names its place. */
const INDENT = '    ';
/** A column of code takes at most so many UTF-16 units of those looked at. */
const UNITS = 8;

const untabbed = (code: string): string => code.replaceAll('\t', TAB);

/** What is shown of a line, and where in it the column is: a long one is shown from somewhat before the column, which else might be cut off. */
function windowOn(
  wanted: string,
  column: number,
  room: number,
): { readonly code: string; readonly column: number } {
  const reach = Math.max(1, room) * UNITS;
  const before = untabbed(wanted.slice(Math.max(0, column - 1 - reach), column - 1));
  const after = untabbed(wanted.slice(column - 1, column - 1 + reach));
  const width = widthOf(before);
  if (column - 1 <= reach && width < room - 1) return { code: before + after, column: width };
  const half = Math.floor(room / 2);
  const kept: string[] = [];
  let taken = 0;
  for (const character of [...characters(before)].reverse()) {
    taken += widthOf(character);
    if (taken > half) break;
    kept.push(character);
  }
  const start = kept.reverse().join('');
  return { code: start + after, column: widthOf(start) };
}
