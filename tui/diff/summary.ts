import type { ChangeStatus, Counts, Diff } from '#client';

/** What the letter of a status stands for. */
export const STATUS_WORDS: Readonly<Record<ChangeStatus, string>> = {
  A: 'added',
  D: 'deleted',
  M: 'changed',
  T: 'of another kind',
  C: 'close',
};

const COUNTED: readonly (readonly [keyof Counts, ChangeStatus])[] = [
  ['added', 'A'],
  ['deleted', 'D'],
  ['modified', 'M'],
  ['retyped', 'T'],
  ['close', 'C'],
];

/** How many changes there are of each kind, as a sentence. */
export function summaryOf({ counts, changes }: Diff): string {
  if (changes.length === 0) return 'No differences.';
  const parts = COUNTED.flatMap(([name, status]) =>
    counts[name] > 0 ? [`${counts[name]} ${STATUS_WORDS[status]}`] : [],
  );
  return `${parts.join(', ')}.`;
}
