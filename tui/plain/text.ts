import { escaped, escapedLines } from './escape.ts';

/**
 * Words that may be written to a terminal: literals of ours, colours, and strings from elsewhere that have been escaped. An output
 * takes nothing else, so that no string reaches a terminal as it is because somebody forgot.
 */
export class Text {
  readonly #shown: string;

  private constructor(shown: string) {
    this.#shown = shown;
  }

  /** Takes a string as it is. Only for what draws: a test holds the list of files that may. */
  static trusted(shown: string): Text {
    return new Text(shown);
  }

  /** As a terminal is sent it. */
  toString(): string {
    return this.#shown;
  }
}

/** What a text is made of; strings are escaped. */
export type Part = string | number | Text;

/** A text of our words with strings from elsewhere between them, which are escaped: text`Freed ${name}.` */
export function text(words: TemplateStringsArray, ...parts: readonly Part[]): Text {
  let shown = words[0] ?? '';
  for (const [index, part] of parts.entries()) shown += shownOf(part) + (words[index + 1] ?? '');
  return Text.trusted(shown);
}

/** A part alone. */
export const textOf = (part: Part): Text => (part instanceof Text ? part : Text.trusted(shownOf(part)));

/** A string from elsewhere whose line breaks may stay. */
export const multiline = (part: string): Text => Text.trusted(escapedLines(part));

/** Parts with something between them. */
export const joined = (parts: readonly Part[], between: Part): Text =>
  Text.trusted(parts.map(shownOf).join(shownOf(between)));

/** Lines, each with its end. */
export const linesOf = (lines: readonly Part[]): Text =>
  Text.trusted(lines.map((line) => `${shownOf(line)}\n`).join(''));

/** The first lines of a text, and what stands for the others. */
export function firstLines(words: Text, most: number, mark: Part): Text {
  const lines = words.toString().split('\n');
  if (lines.length <= most) return words;
  return Text.trusted([...lines.slice(0, most), shownOf(mark)].join('\n'));
}

/** The lines of words. */
export const linesIn = (words: Text): Text[] =>
  words
    .toString()
    .split('\n')
    .map((line) => Text.trusted(line));

// What a store from elsewhere holds may be of another type than it should.
const shownOf = (part: Part): string => (part instanceof Text ? part.toString() : escaped(String(part)));
