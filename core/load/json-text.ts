import { inexactIn } from './exact-number.ts';
import { withoutMark } from './text-file.ts';

/**
 * The value of a JSON text. Throws a SyntaxError when it is not JSON, and a RangeError when it has a number that would become another one:
 * JSON.parse alone keeps no word of that.
 */
export function parseJsonText(text: string): unknown {
  const json = withoutMark(text);
  const value: unknown = JSON.parse(json);
  const inexact = inexactIn(json);
  if (inexact) throw new RangeError(inexactMessage(inexact.text, inexact.value));
  return value;
}

/** What happens to a number that a double cannot hold. */
export const inexactMessage = (text: string, value: number): string =>
  `the number ${shortened(text)} would become ${value}`;

const LONGEST = 60;
const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
