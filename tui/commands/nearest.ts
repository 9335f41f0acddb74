import { closest } from '#client';
import { UsageError } from '../usage.ts';

/** Throws the UsageError for a word that is none of those there are, with the nearest of them. */
export function nearest(what: string, given: string, known: readonly string[]): never {
  const meant = closest(given, known);
  const guess = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new UsageError(`${what} of ${known.join(', ')}, but was given ${JSON.stringify(given)}.${guess}`);
}
