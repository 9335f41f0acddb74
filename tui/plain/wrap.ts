import { widthOf } from './width.ts';

/** Breaks a text into lines of at most `width` columns, between words; a longer word stays whole, as does an indented line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    // Code, a trace, a command: its shape says more.
    if (/^\s{2}/.test(paragraph)) {
      lines.push(paragraph);
      continue;
    }
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && widthOf(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines;
}
