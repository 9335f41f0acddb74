import type { Output } from '../output.ts';
import { escapedLines } from './escape.ts';
import { wrap } from './wrap.ts';

/** A terminal shows so many lines of one message. */
const MOST_LINES = 60;

/** Sentences as escaped lines: on a terminal broken between words, and abridged when they are many; a program gets all. */
export function prose(text: string, output: Output): string[] {
  if (!output.isTerminal) return escapedLines(text).split('\n');
  return wrap(abridged(text, output), output.columns);
}

/** The beginning of a message that would fill a terminal several times. */
export function abridged(text: string, { isTerminal, columns, glyphs }: Output): string {
  if (!isTerminal) return text;
  const most = MOST_LINES * columns;
  const lines = text.length > most ? [text.slice(0, most).replace(/[\ud800-\udbff]$/, '')] : [text];
  const kept = lines.join('').split('\n').slice(0, MOST_LINES).join('\n');
  const left = text.length - kept.length;
  return left > 0 ? `${kept}${glyphs.ellipsis} (${left} more characters)` : text;
}
