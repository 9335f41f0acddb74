import { numberNode } from '#store';
import type { Compared } from './compared.ts';
import type { ArrayDetail, Quantiles, Stats } from './document.ts';
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
  // One copy at a time is enough: the arrays themselves may be large.
  const scratch = new Float64Array(Math.max(a.length, b.length));
  const [before, after] = [describe(a, scratch), describe(b, scratch)];
  const detail = {
    length: [a.length, b.length],
    changed,
    maxAbs: numberNode(maxAbs),
    meanAbs: numberNode(counted === 0 ? 0 : sum / counted),
    first,
    a: before.stats,
    b: after.stats,
    quantiles: { a: before.quantiles, b: after.quantiles },
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
export const statsOf = (list: Numbers): Stats => describe(list, new Float64Array(list.length)).stats;

/** Works on a copy in `scratch`, which has room for the list. */
function describe(
  list: Numbers,
  numbers: Float64Array,
): { readonly stats: Stats; readonly quantiles: Quantiles | null } {
  let count = 0;
  for (let i = 0; i < list.length; i++) {
    const number = Number(list[i]);
    if (!Number.isNaN(number)) numbers[count++] = number;
  }
  const present = numbers.subarray(0, count);
  const nan = list.length - count;
  if (count === 0)
    return { stats: { min: null, max: null, mean: null, std: null, nan, p50: null }, quantiles: null };
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const number = present[i] as number;
    if (number < min) min = number;
    if (number > max) max = number;
  }
  const mean = Number.isFinite(min) && Number.isFinite(max) ? meanOf(present) : sumOf(present);
  const std = deviationOf(present, { mean, largest: Math.max(Math.abs(min), Math.abs(max)) });
  const stats = {
    min: numberNode(min),
    max: numberNode(max),
    mean: numberNode(mean),
    std: numberNode(std),
    nan,
    p50: numberNode(quantileOf(present, 0.5)),
  };
  const at = (part: number) => numberNode(quantileOf(present, part));
  return { stats, quantiles: { p05: at(0.05), p25: at(0.25), p75: at(0.75), p95: at(0.95) } };
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

/** Squares of numbers beyond 1e154 are infinite: those are taken in parts of the largest. */
function deviationOf(
  numbers: Float64Array,
  { mean, largest }: { readonly mean: number; readonly largest: number },
): number {
  const std = Math.sqrt(meanSquare(numbers, mean));
  if (Number.isFinite(std) || !Number.isFinite(mean) || !Number.isFinite(largest)) return std;
  const scaled = numbers.map((number) => number / largest);
  return largest * Math.sqrt(meanSquare(scaled, mean / largest));
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

/**
 * A quantile (type 7 of R. Hyndman and Y. Fan, 1996), found by partitioning around pivots (C. Hoare's "Find", 1961). Reorders the numbers, of which there is
 * one at least.
 */
function quantileOf(numbers: Float64Array, part: number): number {
  const place = (numbers.length - 1) * part;
  const below = Math.floor(place);
  const lower = selected(numbers, below);
  if (place === below) return lower;
  let upper = Number.POSITIVE_INFINITY;
  for (let i = below + 1; i < numbers.length; i++) upper = Math.min(upper, numbers[i] as number);
  if (lower === upper) return lower;
  const weight = place - below;
  const sum = weight === 0.5 ? (lower + upper) / 2 : lower + weight * (upper - lower);
  // The sum, or the distance, of two large numbers may be beyond the largest.
  return Number.isFinite(sum) ? sum : lower * (1 - weight) + upper * weight;
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
