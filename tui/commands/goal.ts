import type { Metric } from '#client';
import { UsageError } from '../usage.ts';

/** The metric that `--goal ADDRESS=min` declares. Throws UsageError. */
export function goalOf(word: string): Metric {
  const [, address, goal] = /^(.+)=(min|max)$/.exec(word) ?? [];
  if (address === undefined) {
    throw new UsageError(`--goal takes ADDRESS=min or ADDRESS=max, but was given ${JSON.stringify(word)}.`, [
      '--goal end/0/loss=min',
    ]);
  }
  return { name: address, address, goal: goal as 'min' | 'max' };
}
