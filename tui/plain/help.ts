import type { Output } from '../output.ts';
import { joined, type Text, text } from './text.ts';
import { pad, widestOf, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

/** An option and the lines that explain it. */
export interface HelpEntry {
  readonly option: string;
  readonly text: readonly string[];
}

/** Options in one column and what they mean in another; below each other where the terminal is narrow. Undefined without entries. */
export function section(title: string, entries: readonly HelpEntry[], output: Output): Text | undefined {
  if (entries.length === 0) return undefined;
  const widest = widestOf(entries.map(({ option }) => option));
  const indent = Math.min(widest + 4, 32);
  const isNarrow = output.columns - indent < NARROWEST;
  const left = isNarrow ? 6 : indent;
  const lines = entries.flatMap(({ option, text: about }) => {
    const wrapped = about.flatMap((line) => wrap(line, Math.max(NARROWEST, output.columns - left)));
    const head = text`  ${output.paint.name(option)}`;
    const beside = !isNarrow && widthOf(option) + 4 <= indent && wrapped.length > 0;
    const first = beside
      ? [text`${pad(head, left)}${wrapped[0] ?? ''}`]
      : [head, ...wrapped.slice(0, 1).map(indented)];
    return [...first, ...wrapped.slice(1).map(indented)];
  });
  return joined([output.paint.strong(title), ...lines], text`\n`);

  function indented(line: string): Text {
    return text`${' '.repeat(left)}${line}`;
  }
}

const NARROWEST = 30;

/** Blocks with an empty line between them. */
export const blocksOf = (blocks: readonly (Text | undefined)[]): Text =>
  text`${joined(
    blocks.filter((block) => block !== undefined),
    text`\n\n`,
  )}\n`;
