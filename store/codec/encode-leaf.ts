import { LONG_NUMBERS, LONG_STRING } from './limits.ts';
import type { PartWriter } from './part-write.ts';
import type { Node } from './skeleton.ts';

/** The node of a primitive, or undefined for a function or symbol. */
export function encodePrimitive(value: unknown, parts: PartWriter): Node | undefined {
  switch (typeof value) {
    case 'string':
      return value.length >= LONG_STRING ? { $string: stringPart(value, parts) } : value;
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return { $number: Object.is(value, -0) ? '-0' : String(value) };
    case 'bigint':
      return { $bigint: bigintText(value) };
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

/** The node of a Date; null stands for an invalid one. */
export const encodeDate = (date: Date): Node => ({
  $Date: Number.isNaN(date.getTime()) ? null : date.toISOString(),
});

/** The node of an array that is long and all numbers, or undefined for any other. */
export function encodeNumbers(list: readonly unknown[], parts: PartWriter): Node | undefined {
  if (list.length < LONG_NUMBERS) return undefined;
  for (let i = 0; i < list.length; i++) if (typeof list[i] !== 'number') return undefined;
  return { $numbers: parts.add(numberBytes(list as readonly number[]), 'numeric') };
}

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
function numberBytes(list: readonly number[]): Uint8Array {
  const numbers = new Float64Array(list);
  const words = new Uint32Array(numbers.buffer);
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isNaN(numbers[i])) continue;
    words[2 * i] = 0;
    words[2 * i + 1] = 0x7ff80000;
  }
  return new Uint8Array(numbers.buffer);
}
