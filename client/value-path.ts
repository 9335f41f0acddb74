import type { Scanner } from './scanner.ts';

/** The way into a value: a number is a position, counted from the end when negative; a string is a key. Empty: the value. */
export type ValuePath = readonly (string | number)[];

const KEY = /[\p{ID_Start}$_][\p{ID_Continue}$-]*/uy;
const INDEX = /-?\d+/y;

/** Reads what follows the `#`: `opt.lr`, `[-1]`, `results[0].name`, `["any key"].x`. Throws AddressError. */
export function scanPath(scanner: Scanner): ValuePath {
  const path = [scanner.sees('[') ? scanBrackets(scanner) : scanKey(scanner)];
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

function scanBrackets(scanner: Scanner): string | number {
  scanner.skip('[');
  const part = scanner.quoted() ?? scanIndex(scanner);
  if (!scanner.skip(']')) scanner.fail('"]"');
  return part;
}

function scanIndex(scanner: Scanner): number {
  const start = scanner.position;
  // Adding zero turns -0 into 0.
  const index = Number(scanner.take(INDEX) ?? scanner.fail('a whole number or a quoted key')) + 0;
  return Number.isSafeInteger(index) ? index : scanner.fail('a number below 2^53', start);
}

function isBareKey(key: string): boolean {
  KEY.lastIndex = 0;
  return KEY.exec(key)?.[0] === key;
}
