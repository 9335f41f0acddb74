import { escapedLines } from './escape.ts';
import { columnsOf } from './width.ts';

/** Breaks a string, escaped, into lines of at most `width` columns, between words; a longer word stays whole, as does an indented line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of escapedLines(text).split('\n')) {
    // Code, a trace, a command: its shape says more.
    if (/^\s{2}/.test(paragraph)) {
      lines.push(paragraph);
      continue;
    }
    let line = '';
    let columns = 0;
    for (const word of paragraph.split(' ')) {
      const more = columnsOf(word);
      if (line !== '' && columns + 1 + more > width) {
        lines.push(line);
        [line, columns] = [word, more];
      } else if (line === '') [line, columns] = [word, more];
      else [line, columns] = [`${line} ${word}`, columns + 1 + more];
    }
    lines.push(line);
  }
  return lines;
}
