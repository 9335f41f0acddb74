import type { Output } from '../output.ts';
import { pad, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

/** An option and the lines that explain it. */
export interface HelpEntry {
  readonly option: string;
  readonly text: readonly string[];
}

/** Options in one column and what they mean in another; below each other where the terminal is narrow. */
export function section(title: string, entries: readonly HelpEntry[], output: Output): string {
  if (entries.length === 0) return '';
  const widest = Math.max(...entries.map(({ option }) => widthOf(option)));
  const indent = Math.min(widest + 4, 32);
  const isNarrow = output.columns - indent < NARROWEST;
  const left = isNarrow ? 6 : indent;
  const lines = entries.flatMap(({ option, text }) => {
    const wrapped = text.flatMap((line) => wrap(line, Math.max(NARROWEST, output.columns - left)));
    const head = `  ${output.paint.name(option)}`;
    const beside = !isNarrow && widthOf(option) + 4 <= indent && wrapped.length > 0;
    const first = beside ? [`${pad(head, left)}${wrapped[0]}`] : [head, ...wrapped.slice(0, 1).map(indented)];
    return [...first, ...wrapped.slice(1).map(indented)];
  });
  return [output.paint.strong(title), ...lines].join('\n');

  function indented(line: string): string {
    return ' '.repeat(left) + line;
  }
}

const NARROWEST = 30;
