import { ArgumentError } from '../errors.ts';
import { countInBins, histogramEdges } from './histogram.ts';
import { ascending, meanOf, type Numbers, varianceOf } from './numbers.ts';
import { quantile as quantileOf } from './quantile.ts';

/** A sample in short. All but the counts are NaN when there is no number; `sd` when there is one. */
export interface Summary {
  readonly count: number;
  /** Values that are no finite numbers. */
  readonly missing: number;
  readonly mean: number;
  /** Standard deviation, divided by n − 1. */
  readonly sd: number;
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
}

/** Count, mean, standard deviation and quartiles of numbers. */
export function summary(values: Numbers): Summary {
  let all = 0;
  for (const _ of values) all += 1;
  const sorted = ascending(values);
  return {
    count: sorted.length,
    missing: all - sorted.length,
    mean: meanOf(sorted),
    sd: Math.sqrt(varianceOf(sorted)),
    min: sorted[0] ?? Number.NaN,
    q1: quantileOf(sorted, 0.25),
    median: quantileOf(sorted, 0.5),
    q3: quantileOf(sorted, 0.75),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** The quantile p (0 to 1), by linear interpolation (Hyndman and Fan 1996, type 7, as R and NumPy have it). NaN when there are no numbers. */
export const quantile = (values: Numbers, p: number): number => quantileOf(ascending(values), p);

/** Bins of equal width; a bin holds its lower edge, the last one both. */
export interface Histogram {
  /** One more than there are counts. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** How many numbers lie in each bin. The bins are `edges` when given, so that samples share them; else `bins` many, or as Freedman and Diaconis (1981) choose. */
export function histogram(
  values: Numbers,
  { bins, edges }: { readonly bins?: number; readonly edges?: readonly number[] } = {},
): Histogram {
  if (bins !== undefined && !(Number.isInteger(bins) && bins > 0 && bins <= 1e6))
    throw new ArgumentError({
      call: 'histogram',
      takes: 'bins from 1 to 1000000',
      given: String(bins),
      example: 'histogram(values, { bins: 20 })',
    });
  const sorted = ascending(values);
  const used = edges ?? histogramEdges(sorted, bins);
  return { edges: used, counts: countInBins(sorted, used) };
}

/** The empirical distribution: the part `y` of the numbers that are at most `x`, at each different one, ascending. */
export function ecdf(values: Numbers): { readonly x: Float64Array; readonly y: Float64Array } {
  const sorted = ascending(values);
  const x: number[] = [];
  const y: number[] = [];
  sorted.forEach((value, i) => {
    if (sorted[i + 1] === value) return;
    x.push(value);
    y.push((i + 1) / sorted.length);
  });
  return { x: Float64Array.from(x), y: Float64Array.from(y) };
}

/**
 * Exponentially weighted means: each number counts `1 - alpha` times what the next one does, and weights sum to 1 from the start. What is missing stays NaN and is passed
 * over. Throws ArgumentError when alpha is not above 0 and at most 1.
 */
export function ewma(values: Numbers, alpha: number): Float64Array {
  if (!(alpha > 0 && alpha <= 1))
    throw new ArgumentError({
      call: 'ewma',
      takes: 'alpha above 0 and at most 1',
      given: String(alpha),
      example: 'ewma(losses, 0.1)',
    });
  let mean = 0;
  let weight = 0;
  return Float64Array.from(values, (value) => {
    const one = value === null || value === undefined ? Number.NaN : Number(value);
    if (!Number.isFinite(one)) return Number.NaN;
    weight = weight * (1 - alpha) + 1;
    mean += (one - mean) / weight;
    return mean;
  });
}
