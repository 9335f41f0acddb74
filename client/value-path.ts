import type { Scanner } from './scanner.ts';

/** Some elements: from one position up to another, as Array.prototype.slice counts them. */
export interface Stretch {
  readonly from?: number;
  readonly to?: number;
}

/** One move into a value: a key or the name of a column; a position, from the end when negative; or a stretch. */
export type PathPart = string | number | Stretch;

/** The way into a value. Empty: the value itself. */
export type ValuePath = readonly PathPart[];

const KEY = /[\p{ID_Start}$_][\p{ID_Continue}$-]*/uy;
const INDEX = /-?\d+/y;

/** Reads what follows the `#`: `opt.lr`, `[-1]`, `results[0].name`, `rows[10:20]`, `["any key"].x`. Throws AddressError. */
export function scanPath(scanner: Scanner): ValuePath {
  const path: PathPart[] = [scanner.sees('[') ? scanBrackets(scanner) : scanKey(scanner)];
  for (;;) {
    // Two dots begin the other end of a range.
    if (scanner.sees('[')) path.push(scanBrackets(scanner));
    else if (!scanner.sees('..') && scanner.skip('.')) path.push(scanKey(scanner));
    else return path;
  }
}

/** The text of a path as it follows the `#`. */
export function printPath(path: ValuePath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (typeof part === 'object') text += `[${part.from ?? ''}:${part.to ?? ''}]`;
    else if (isBareKey(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

function scanKey(scanner: Scanner): string {
  return (
    scanner.take(KEY) ??
    scanner.fail('a key such as lr, a position such as [-1] or a quoted key such as ["a b"]')
  );
}

function scanBrackets(scanner: Scanner): PathPart {
  scanner.skip('[');
  const part = scanner.quoted() ?? scanPosition(scanner);
  if (!scanner.skip(']')) scanner.fail('"]"');
  return part;
}

function scanPosition(scanner: Scanner): number | Stretch {
  const from = scanIndex(scanner);
  if (scanner.skip(':')) {
    const to = scanIndex(scanner);
    return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  }
  return from ?? scanner.fail('a whole number or a quoted key');
}

function scanIndex(scanner: Scanner): number | undefined {
  const start = scanner.position;
  const digits = scanner.take(INDEX);
  if (digits === undefined) return undefined;
  const index = Number(digits) + 0; // Adding zero turns -0 into 0.
  return Number.isSafeInteger(index) ? index : scanner.fail('a number below 2^53', start);
}

function isBareKey(key: string): boolean {
  KEY.lastIndex = 0;
  return KEY.exec(key)?.[0] === key;
}
