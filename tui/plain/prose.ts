import type { Output } from '../output.ts';
import { escapeLines } from './escape.ts';
import { wrap } from './wrap.ts';

/** Sentences as lines: on a terminal broken between words, without what could harm it; for a program as they are. */
export const prose = (text: string, output: Output): string[] =>
  output.isTerminal ? wrap(escapeLines(text), output.columns) : text.split('\n');
