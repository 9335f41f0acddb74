import { differingRegions } from './sequence.ts';

/** A stretch of a line, and whether it differs from the other line. */
export interface Words {
  readonly text: string;
  readonly isChanged: boolean;
}

/**
 * Which words of two lines differ. Lines that have too little in common are told as a whole: marks everywhere would say nothing.
 */
export function changedWords(
  a: string,
  b: string,
): { readonly a: readonly Words[]; readonly b: readonly Words[] } {
  const [before, after] = [wordsOf(a), wordsOf(b)];
  const regions = differingRegions(before, after);
  const kept = before.length - regions.reduce((sum, { a: [from, to] }) => sum + to - from, 0);
  if (kept * 2.5 < Math.max(before.length, after.length)) return { a: whole(a), b: whole(b) };
  return {
    a: marked(
      before,
      regions.map((region) => region.a),
    ),
    b: marked(
      after,
      regions.map((region) => region.b),
    ),
  };
}

const wordsOf = (line: string): string[] => line.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];

const whole = (line: string): Words[] => [{ text: line, isChanged: false }];

function marked(words: readonly string[], spans: readonly (readonly [number, number])[]): Words[] {
  const parts: Words[] = [];
  let at = 0;
  for (const [from, to] of [...spans, [words.length, words.length] as const]) {
    parts.push({ text: words.slice(at, from).join(''), isChanged: false });
    parts.push({ text: words.slice(from, to).join(''), isChanged: true });
    at = to;
  }
  return parts.filter(({ text }) => text !== '');
}
