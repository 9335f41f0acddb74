import { randomBytes } from 'node:crypto';
import { timeStamp } from '../time-stamp.ts';

declare const kind: unique symbol;

/** Id of a run, e.g. `20261122-104755-123k7`: UTC time in milliseconds, then two random base-32 digits. */
export type RunId = string & { readonly [kind]: 'RunId' };

/** Crockford's base 32, lower case: no i, l, o or u, so an id can be read aloud. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * Mints a run id. Ids sort by time; two runs of one millisecond differ in 10 random bits, and the compare-and-swap that
 * creates the run's ref catches the rest (the caller mints again).
 */
export function newRunId(now: Date = new Date(timeStamp())): RunId {
  const [year, month, day, hours, minutes, seconds, milliseconds] = now.toISOString().split(/[-T:.Z]/);
  const random = [...randomBytes(2)].map((byte) => DIGITS[byte & 31]).join('');
  return `${year}${month}${day}-${hours}${minutes}${seconds}-${milliseconds}${random}` as RunId;
}

/** Whether a string has the form of a run id. */
export const isRunId = (text: string): text is RunId => /^\d{8}-\d{6}-\d{3}[0-9a-hjkmnp-tv-z]{2}$/.test(text);

/** Turns text into a {@link RunId}; throws a TypeError when it has not the form of one. */
export function parseRunId(text: string): RunId {
  if (isRunId(text)) return text;
  throw new TypeError(`"${text}" is not a run id: expected the form 20261122-104755-123k7.`);
}
