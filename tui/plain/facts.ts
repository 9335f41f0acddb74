import type { Output } from '../output.ts';
import { type Brush, plain } from './paint.ts';
import { abridged } from './prose.ts';
import { linesOf, text } from './text.ts';
import { tsvLine } from './tsv.ts';
import { pad, widestOf } from './width.ts';
import { wrap } from './wrap.ts';

/** One thing to be told of something: a row `name value` for people, a line `name<TAB>value…` for programs. */
export interface Fact {
  readonly name: string;
  /** For people. A fact without is told to programs only. */
  readonly text?: string;
  readonly brush?: Brush;
  /** For programs: full and exact. A fact without is told to people only. */
  readonly values?: readonly string[];
}

/** Writes facts below each other. */
export function writeFacts(facts: readonly Fact[], output: Output): void {
  if (!output.isTerminal) {
    output.send(facts.map(({ name, values }) => (values ? tsvLine([name, ...values]) : '')).join(''));
    return;
  }
  const told = facts.filter(({ text }) => text !== undefined);
  const left = widestOf(told.map(({ name }) => name)) + 2;
  const lines = told.flatMap(({ name, text: about = '', brush = plain }) => {
    const [first = '', ...rest] = wrap(abridged(about, output), Math.max(20, output.columns - left));
    return [
      text`${output.paint.faint(pad(name, left))}${brush(first)}`,
      ...rest.map((line) => text`${' '.repeat(left)}${brush(line)}`),
    ];
  });
  output.write(linesOf(lines));
}
