import { LONG_NUMBERS, LONG_STRING } from './limits.ts';
import type { PartWriter } from './part-write.ts';
import { readNumbers } from './read-numbers.ts';
import type { Node } from './skeleton.ts';

/** The node of a primitive, or undefined for a function or symbol. */
export function encodePrimitive(value: unknown, parts: PartWriter): Node | undefined {
  switch (typeof value) {
    case 'string':
      return value.length >= LONG_STRING ? { $string: stringPart(value, parts) } : value;
    case 'number':
    case 'bigint':
      return numberNode(value);
    case 'undefined':
      return { $undefined: true };
    case 'boolean':
      return value;
    case 'object':
      return null;
    default:
      return undefined;
  }
}

/** The node of a number: itself, unless JSON has no word for it. */
export function numberNode(value: number | bigint): Node {
  if (typeof value === 'bigint') return { $bigint: bigintText(value) };
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return { $number: Object.is(value, -0) ? '-0' : String(value) };
}

/** The node of a Date; null stands for an invalid one. What the date itself says of its methods does not count. */
export function encodeDate(date: Date): Node {
  const time = Date.prototype.getTime.call(date);
  return { $Date: Number.isNaN(time) ? null : new Date(time).toISOString() };
}

/**
 * The node of an array that is long and all numbers. Of any other that is long, what was read of it: its first elements,
 * the last of which is no number. An element is read once.
 */
export function encodeNumbers(
  list: readonly unknown[],
  parts: PartWriter,
  known?: Float64Array<ArrayBuffer>,
): { readonly node: Node } | { readonly read: readonly unknown[] } {
  const { length } = list;
  if (length < LONG_NUMBERS) return NOTHING_READ;
  if (known !== undefined) return numbersNode(known, parts);
  const first = list[0];
  if (typeof first !== 'number') return { read: [first] };
  const all = readNumbers(list, first);
  return 'numbers' in all ? numbersNode(all.numbers, parts) : all;
}

const NOTHING_READ = { read: [] } as const;

const numbersNode = (numbers: Float64Array<ArrayBuffer>, parts: PartWriter): { readonly node: Node } => ({
  node: { $numbers: parts.add(numberBytes(numbers), 'numeric') },
});

// In ASCII a character is a byte, so that a stretch of it is found. UTF-8 has no room for half a surrogate pair, UTF-16 has.
function stringPart(text: string, parts: PartWriter): number {
  if (text.isWellFormed()) {
    const bytes = Buffer.from(text, 'utf8');
    return parts.add(bytes, bytes.length === text.length ? 'ascii' : 'text');
  }
  return parts.add(Buffer.from(text, 'utf16le'), 'utf16');
}

function bigintText(value: bigint): string {
  const size = value < 0n ? -value : value;
  // Decimal is for reading; beyond this it takes time that grows faster than the length.
  if (size < 1n << 1024n) return String(value);
  return `${value < 0n ? '-' : ''}0x${size.toString(16)}`;
}

// Engines may write any NaN they like for NaN; equal values must have equal bytes.
function numberBytes(numbers: Float64Array<ArrayBuffer>): Uint8Array {
  const words = new Uint32Array(numbers.buffer);
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isNaN(numbers[i])) continue;
    words[2 * i] = 0;
    words[2 * i + 1] = 0x7ff80000;
  }
  return new Uint8Array(numbers.buffer);
}
