import { type Summary, summary } from './describe.ts';
import { ascending, finite, meanOf, type Numbers, ranksOf, varianceOf } from './numbers.ts';
import { normalTail, studentQuantile, studentTail } from './special.ts';

/** Welch's test whether two means differ. */
export interface Welch {
  readonly t: number;
  /** Degrees of freedom, by Welch and Satterthwaite. */
  readonly freedom: number;
  /** Two-sided. */
  readonly p: number;
  /** Mean of the second less that of the first, and the interval that holds it with a probability of 95 %. */
  readonly difference: number;
  readonly interval: readonly [number, number];
}

/** Welch's unequal variances t-test (1947). NaN for fewer than two numbers on a side, or without any spread. */
export function welch(a: Numbers, b: Numbers): Welch {
  const [x, y] = [finite(a), finite(b)];
  const [u, v] = [varianceOf(x) / x.length, varianceOf(y) / y.length];
  const difference = meanOf(y) - meanOf(x);
  const error = Math.sqrt(u + v);
  const t = error > 0 ? -difference / error : Number.NaN;
  const freedom = (u + v) ** 2 / (u ** 2 / (x.length - 1) + v ** 2 / (y.length - 1));
  const reach = studentQuantile(0.975, freedom) * error;
  return {
    t,
    freedom,
    p: 2 * studentTail(Math.abs(t), freedom),
    difference,
    interval: [difference - reach, difference + reach],
  };
}

/** Mann and Whitney's test whether numbers of one sample tend to be greater. */
export interface MannWhitney {
  /** Pairs in which the first is greater, equal ones counting half. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
}

/** Sizes up to which the distribution of U is counted out, when no numbers are equal; as SciPy has it. */
const EXACT_U = 8;

/** Mann and Whitney's U test (1947): exact for small samples without equals, else normal, corrected for equals and continuity. */
export function mannWhitney(a: Numbers, b: Numbers): MannWhitney {
  const [x, y] = [finite(a), finite(b)];
  const [n, m] = [x.length, y.length];
  if (n === 0 || m === 0) return { u: Number.NaN, p: Number.NaN };
  const all = new Float64Array(n + m);
  all.set(x);
  all.set(y, n);
  const { ranks, ties } = ranksOf(all);
  const u = ranks.subarray(0, n).reduce((sum, rank) => sum + rank, 0) - (n * (n + 1)) / 2;
  const larger = Math.max(u, n * m - u);
  if (ties === 0 && Math.min(n, m) <= EXACT_U && n * m <= 20_000)
    return { u, p: Math.min(1, 2 * tailOfU(n, m, larger)) };
  const total = n + m;
  const sd = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  const z = (larger - (n * m) / 2 - 0.5) / sd;
  return { u, p: Math.min(1, 2 * normalTail(z)) };
}

/** The probability that U is at least `least`: how many of the arrangements have it, by the generating function of Mann and Whitney. */
function tailOfU(n: number, m: number, least: number): number {
  // counts[u] are the ways to choose ranks, as parts of all of them: the product of (1 - x^(m+i)) / (1 - x^i).
  const size = n * m;
  const counts = new Float64Array(size + 1);
  counts[0] = 1;
  for (let i = 1; i <= n; i += 1) {
    for (let k = size; k >= m + i; k -= 1) counts[k] = (counts[k] as number) - (counts[k - m - i] as number);
    for (let k = i; k <= size; k += 1) counts[k] = (counts[k] as number) + (counts[k - i] as number);
  }
  let all = 0;
  let tail = 0;
  counts.forEach((count, u) => {
    all += count;
    if (u >= least) tail += count;
  });
  return tail / all;
}

/** Kolmogorov and Smirnov's test whether two distributions differ. */
export interface KolmogorovSmirnov {
  /** The greatest distance of the two empirical distributions. */
  readonly d: number;
  readonly p: number;
}

/** Products of sizes up to which every order of the samples is counted. */
const EXACT_D = 1e6;

/** The two-sample test of Smirnov (1939): exact up to a million pairs, else by Kolmogorov's limit. */
export function kolmogorovSmirnov(a: Numbers, b: Numbers): KolmogorovSmirnov {
  const [x, y] = [ascending(a), ascending(b)];
  const [n, m] = [x.length, y.length];
  if (n === 0 || m === 0) return { d: Number.NaN, p: Number.NaN };
  // Distances are whole multiples of 1/nm: in whole numbers none is lost to rounding.
  let far = 0;
  for (let i = 0, j = 0; i < n && j < m; ) {
    const at = Math.min(x[i] as number, y[j] as number);
    while (i < n && x[i] === at) i += 1;
    while (j < m && y[j] === at) j += 1;
    far = Math.max(far, Math.abs(i * m - j * n));
  }
  const d = far / (n * m);
  if (n * m <= EXACT_D) return { d, p: far === 0 ? 1 : pathsBeyond(n, m, far) };
  return { d, p: kolmogorovTail(d * Math.sqrt((n * m) / (n + m))) };
}

/**
 * The probability that the walk of two samples of one distribution gets as far away: a path to (i, j) came from (i − 1, j) with probability i/(i + j), so the
 * part of the paths that have been beyond follows from those of the neighbours, without taking differences.
 */
function pathsBeyond(n: number, m: number, far: number): number {
  const row = new Float64Array(m + 1);
  for (let i = 0; i <= n; i += 1)
    for (let j = 0; j <= m; j += 1) {
      if (Math.abs(i * m - j * n) >= far) row[j] = 1;
      else if (i + j === 0) row[j] = 0;
      else
        row[j] = (i * (i > 0 ? (row[j] as number) : 0) + j * (j > 0 ? (row[j - 1] as number) : 0)) / (i + j);
    }
  return row[m] as number;
}

/** Kolmogorov 1933. */
function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) {
    const term = 2 * (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
    sum += term;
    if (Math.abs(term) < 1e-18) break;
  }
  return Math.min(1, sum);
}

/** Two samples side by side. */
export interface Comparison {
  readonly a: Summary;
  readonly b: Summary;
  readonly welch: Welch;
  readonly mannWhitney: MannWhitney;
  readonly kolmogorovSmirnov: KolmogorovSmirnov;
  /** Cliff's delta (1993), from −1 to 1: how much more often a number of `b` is the greater one of a pair than the smaller. */
  readonly delta: number;
}

/** Everything that tells two samples apart. */
export function compare(a: Numbers, b: Numbers): Comparison {
  const [x, y] = [finite(a), finite(b)];
  const test = mannWhitney(x, y);
  return {
    a: summary(a),
    b: summary(b),
    welch: welch(x, y),
    mannWhitney: test,
    kolmogorovSmirnov: kolmogorovSmirnov(x, y),
    delta: 1 - (2 * test.u) / (x.length * y.length),
  };
}
