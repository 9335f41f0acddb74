import type { Output } from '../output.ts';
import { escapeControls } from './escape.ts';
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
): string[] {
  const lines = source.split(/\r?\n/);
  const wanted = lines[line - 1];
  if (wanted === undefined) return [];
  const { paint, glyphs } = output;
  const gutter = String(line).length;
  const room = (output.isTerminal ? output.columns : WIDEST) - gutter - INDENT.length - 5;
  const shown = lines.slice(Math.max(0, line - 1 - LINES_BEFORE), line);
  while (shown.length > 1 && shown[0]?.trim() === '') shown.shift();
  const window = windowOn(untabbed(wanted), widthOf(untabbed(wanted.slice(0, column - 1))), room);
  const numbered = shown.map((text, index) => {
    const number = line - shown.length + 1 + index;
    const isWanted = number === line;
    const code = cutEnd(isWanted ? window.text : untabbed(text), room, glyphs.ellipsis);
    const head = paint.faint(`${pad(String(number), gutter, 'left')} ${glyphs.bar}`);
    return `${INDENT}${isWanted ? paint.bad('>') : ' '} ${head} ${code}`;
  });
  const caret = `${INDENT}  ${' '.repeat(gutter)} ${paint.faint(glyphs.bar)} ${' '.repeat(window.column)}${paint.bad('^')}`;
  return [...numbered, caret];
}

/** Source stands below the line that names its place. */
const INDENT = '    ';

const untabbed = (text: string): string => escapeControls(text.replaceAll('\t', TAB));

/** A long line is shown from somewhat before the column, which else might be cut off. */
function windowOn(text: string, column: number, room: number): { text: string; column: number } {
  if (column < room - 1) return { text, column };
  const skipped = column - Math.floor(room / 2);
  let width = 0;
  const kept = characters(text).filter((character) => {
    width += widthOf(character);
    return width > skipped;
  });
  return { text: kept.join(''), column: column - skipped };
}
