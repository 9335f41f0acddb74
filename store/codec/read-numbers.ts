/** What reading a list of numbers came to: all of them, or, when one element is none, the elements up to that one. */
export type NumbersRead =
  | { readonly numbers: Float64Array<ArrayBuffer> }
  | { readonly read: readonly unknown[] };

/**
 * Reads a list whose first element, a number, was read already: each element once, until one is no number. Memory grows with what is
 * read: a list may be as long as 2^32 - 1 and hold two numbers.
 */
export function readNumbers(list: readonly unknown[], first: number): NumbersRead {
  const { length } = list;
  let numbers = new Float64Array(Math.min(length, FIRST));
  numbers[0] = first;
  for (let i = 1; i < length; i++) {
    const value = list[i];
    if (typeof value !== 'number') return { read: [...numbers.subarray(0, i), value] };
    if (i === numbers.length) numbers = longer(numbers, Math.min(length, 2 * i));
    numbers[i] = value;
  }
  return { numbers };
}

const FIRST = 64 * 1024;

function longer(numbers: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const more = new Float64Array(length);
  more.set(numbers);
  return more;
}
