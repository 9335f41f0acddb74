import { MalformedObjectError } from '../git/errors.ts';
import type { ObjectId } from '../ids.ts';

/** What the upper bits of a mode say an entry is. */
export const KIND = {
  tree: 0o040000,
  file: 0o100000,
  link: 0o120000,
  commit: 0o160000,
  mask: 0o170000,
} as const;

/**
 * Calls `look` with each entry of a tree, in the order of its bytes: `name` is where the name lies in `body`. Tells only where entries are
 * and what they point at, so that objects are found also through a tree that breaks rules about names and modes. Throws a
 * MalformedObjectError where git could not parse it.
 */
export function eachEntry(
  body: Buffer,
  look: (mode: number, id: ObjectId, name: { readonly start: number; readonly end: number }) => void,
): void {
  for (let at = 0, count = 0; at < body.length; count += 1) {
    const space = body.indexOf(0x20, at);
    const zero = space < 0 ? -1 : body.indexOf(0, space);
    if (zero < 0 || zero + 21 > body.length) throw malformed(`entry ${count} is cut short`);
    const mode = modeIn(body, at, space);
    if (mode === undefined) throw malformed(`entry ${count} has no mode`);
    look(mode, body.toString('hex', zero + 1, zero + 21) as ObjectId, { start: space + 1, end: zero });
    at = zero + 21;
  }
}

function modeIn(body: Buffer, start: number, end: number): number | undefined {
  if (start === end || end - start > 11) return undefined;
  let mode = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (body[at] as number) - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    mode = mode * 8 + digit;
  }
  return mode;
}

function malformed(problem: string): MalformedObjectError {
  return new MalformedObjectError('tree', problem);
}
