import type { TextDetail } from './document.ts';
import { differingRegions, type Region } from './sequence.ts';

/** Equal lines around a change. */
const CONTEXT = 3;

/** The lines of a text, each with its line end; the last one has none when the text does not end with one. */
export function linesOfText(text: string): string[] {
  const lines = text.split('\n').map((line) => `${line}\n`);
  const last = lines.pop() as string;
  return last === '\n' ? lines : [...lines, last.slice(0, -1)];
}

/**
 * What two texts differ in, as the hunks of a unified diff: `git apply` and `patch` take them. Only a line feed ends a line, so a carriage
 * return is part of it.
 */
export function compareText(a: string, b: string, context = CONTEXT): TextDetail {
  const before = linesOfText(a);
  const after = linesOfText(b);
  const regions = differingRegions(before, after);
  const lengthOf = (side: 'a' | 'b') => regions.reduce((sum, region) => sum + lengthOn(region, side), 0);
  return {
    added: lengthOf('b'),
    removed: lengthOf('a'),
    hunks: together(regions, context)
      .map((group) => hunkOf(group, { before, after, context }))
      .join(''),
  };
}

const lengthOn = (region: Region, side: 'a' | 'b'): number => region[side][1] - region[side][0];

/** Regions whose context touches share a hunk. */
function together(regions: readonly Region[], context: number): Region[][] {
  const groups: Region[][] = [];
  for (const region of regions) {
    const last = groups.at(-1)?.at(-1);
    if (last && region.a[0] - last.a[1] <= 2 * context) groups.at(-1)?.push(region);
    else groups.push([region]);
  }
  return groups;
}

interface Texts {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly context: number;
}

function hunkOf(group: readonly Region[], { before, after, context }: Texts): string {
  const first = group[0] as Region;
  const last = group.at(-1) as Region;
  const lead = Math.min(context, first.a[0]);
  const start = { a: first.a[0] - lead, b: first.b[0] - lead };
  const tail = Math.min(context, before.length - last.a[1]);
  const end = { a: last.a[1] + tail, b: last.b[1] + tail };
  let lines = '';
  let at = start.a;
  for (const { a, b } of group) {
    lines += marked(' ', before.slice(at, a[0]));
    lines += marked('-', before.slice(...a));
    lines += marked('+', after.slice(...b));
    at = a[1];
  }
  lines += marked(' ', before.slice(at, end.a));
  return `@@ -${rangeOf(start.a, end.a)} +${rangeOf(start.b, end.b)} @@\n${lines}`;
}

/** As diff writes it: the first line counted from 1, or the one before when there is none, and how many unless one. */
function rangeOf(start: number, end: number): string {
  const count = end - start;
  return count === 1 ? String(start + 1) : `${count === 0 ? start : start + 1},${count}`;
}

const marked = (sign: string, lines: readonly string[]): string =>
  lines
    .map((line) => (line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`))
    .join('');
