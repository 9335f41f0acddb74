import { numberNode } from '#store';
import type { Compared } from './compared.ts';
import type { ArrayDetail, Stats } from './document.ts';
import type { DiffOptions } from './options.ts';
import { isCloseNumber, isSameNumber, isTolerant } from './tolerance.ts';

/** A typed array, or a list of numbers. */
export type Numbers = ArrayLike<number | bigint>;

/** How many of the largest changes are listed. */
const LISTED = 10;

/**
 * What two arrays of numbers differ in. NaN equals NaN, −0 is not 0. A difference that involves NaN or an infinity counts as changed, and not in
 * `maxAbs` and `meanAbs`. The mean is over the elements both have.
 */
export function compareArrays(a: Numbers, b: Numbers, options: DiffOptions = {}): Compared<ArrayDetail> {
  const both = Math.min(a.length, b.length);
  const isLenient = isTolerant(options);
  const top = new Largest(LISTED);
  let changed = Math.max(a.length, b.length) - both;
  let isClose = changed === 0;
  let first: number | null = null;
  let maxAbs = 0;
  let sum = 0;
  let counted = both;
  for (let i = 0; i < both; i++) {
    const x = a[i] as number | bigint;
    const y = b[i] as number | bigint;
    if (isSameNumber(x, y)) {
      if (typeof x === 'number' && !Number.isFinite(x)) counted -= 1;
      continue;
    }
    changed += 1;
    first ??= i;
    if (isClose) isClose = isLenient && isCloseNumber(x, y, options);
    const distance = distanceOf(x, y);
    if (!Number.isFinite(distance)) {
      counted -= 1;
      top.offer(Number.POSITIVE_INFINITY, i);
      continue;
    }
    if (distance > maxAbs) maxAbs = distance;
    sum += distance;
    top.offer(distance, i);
  }
  if (first === null && changed > 0) first = both;
  const detail = {
    length: [a.length, b.length],
    changed,
    maxAbs: numberNode(maxAbs),
    meanAbs: numberNode(counted === 0 ? 0 : sum / counted),
    first,
    a: statsOf(a),
    b: statsOf(b),
    top: top.indices.map((index) => ({
      index,
      a: numberNode(a[index] as number | bigint),
      b: numberNode(b[index] as number | bigint),
    })),
  } as const;
  return { isClose, detail };
}

const distanceOf = (x: number | bigint, y: number | bigint): number =>
  typeof x === 'bigint' && typeof y === 'bigint'
    ? Number(x < y ? y - x : x - y)
    : Math.abs(Number(y) - Number(x));

/** The indices of the largest distances, largest first; of equal ones the first. */
class Largest {
  readonly #most: number;
  readonly #kept: { readonly distance: number; readonly index: number }[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get indices(): number[] {
    return this.#kept.map(({ index }) => index);
  }

  offer(distance: number, index: number): void {
    const last = this.#kept.at(-1);
    const isFull = this.#kept.length === this.#most;
    if (isFull && last && distance <= last.distance) return;
    if (isFull) this.#kept.pop();
    const behind = this.#kept.findIndex((one) => one.distance < distance);
    this.#kept.splice(behind < 0 ? this.#kept.length : behind, 0, { distance, index });
  }
}

/**
 * What numbers are like. The mean is a compensated sum (A. Neumaier, 1974) over the count, the deviation that of the population around it, in two
 * passes; the median of an even number is the mean of the two in the middle. BigInts count as the nearest number.
 */
export function statsOf(list: Numbers): Stats {
  const numbers = new Float64Array(list.length);
  let count = 0;
  for (let i = 0; i < list.length; i++) {
    const number = Number(list[i]);
    if (!Number.isNaN(number)) numbers[count++] = number;
  }
  const present = numbers.subarray(0, count);
  const nan = list.length - count;
  if (count === 0) return { min: null, max: null, mean: null, std: null, nan, p50: null };
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const number = present[i] as number;
    if (number < min) min = number;
    if (number > max) max = number;
  }
  const mean = Number.isFinite(min) && Number.isFinite(max) ? meanOf(present) : sumOf(present);
  const std = Math.sqrt(meanSquare(present, mean));
  return {
    min: numberNode(min),
    max: numberNode(max),
    mean: numberNode(mean),
    std: numberNode(std),
    nan,
    p50: numberNode(medianOf(present)),
  };
}

/** Infinity, or NaN where infinities of both signs meet. */
const sumOf = (numbers: Float64Array): number => numbers.reduce((sum, number) => sum + number, 0);

function meanOf(numbers: Float64Array): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number;
    const next = sum + number;
    lost += Math.abs(sum) >= Math.abs(number) ? sum - next + number : number - next + sum;
    sum = next;
  }
  const mean = (sum + lost) / numbers.length;
  // A sum beyond the largest number is taken in parts that stay below it.
  return Number.isFinite(mean) ? mean : numbers.reduce((all, number) => all + number / numbers.length, 0);
}

function meanSquare(numbers: Float64Array, mean: number): number {
  let squares = 0;
  let rest = 0;
  for (let i = 0; i < numbers.length; i++) {
    const distance = (numbers[i] as number) - mean;
    squares += distance * distance;
    rest += distance;
  }
  // What rounding of the mean leaves (T. Chan, G. Golub and R. LeVeque, 1983).
  return (squares - (rest * rest) / numbers.length) / numbers.length;
}

/** The median, found by partitioning around pivots (C. Hoare's "Find", 1961). Reorders the numbers, of which there is one at least. */
function medianOf(numbers: Float64Array): number {
  const middle = numbers.length >> 1;
  const upper = selected(numbers, middle);
  if (numbers.length % 2 === 1) return upper;
  let lower = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < middle; i++) lower = Math.max(lower, numbers[i] as number);
  return lower / 2 + upper / 2;
}

function selected(numbers: Float64Array, wanted: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const pivot = pivotOf(numbers, low, high);
    let [i, j] = [low, high];
    while (i <= j) {
      while ((numbers[i] as number) < pivot) i += 1;
      while ((numbers[j] as number) > pivot) j -= 1;
      if (i > j) break;
      const held = numbers[i] as number;
      numbers[i++] = numbers[j] as number;
      numbers[j--] = held;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return numbers[wanted] as number;
}

/** The middle one of three, so that sorted numbers take no longer. */
function pivotOf(numbers: Float64Array, low: number, high: number): number {
  const [a, b, c] = [numbers[low], numbers[(low + high) >>> 1], numbers[high]] as [number, number, number];
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
