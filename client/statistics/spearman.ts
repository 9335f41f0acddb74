import { meanOf, type Numbers, ranksOf } from './numbers.ts';
import { studentTail } from './special.ts';

/** Spearman's correlation: from −1 to 1 how much one rises with the other. */
export interface Spearman {
  readonly rho: number;
  /** Two-sided, by Student's distribution. */
  readonly p: number;
  /** Pairs of which neither is missing. */
  readonly count: number;
}

/** Spearman's rank correlation (1904), equals having their mean rank. Pairs in which a number is missing are left out. NaN for fewer than three pairs or no spread. */
export function spearman(x: Numbers, y: Numbers): Spearman {
  const [xs, ys] = [[...x], [...y]].map((all) =>
    all.map((value) => (value === null || value === undefined ? Number.NaN : Number(value))),
  ) as [number[], number[]];
  const kept = xs.flatMap((value, i) => (Number.isFinite(value) && Number.isFinite(ys[i]) ? [i] : []));
  const of = (all: number[]): Float64Array => ranksOf(Float64Array.from(kept, (i) => all[i] as number)).ranks;
  const rho = kept.length < 3 ? Number.NaN : correlation(of(xs), of(ys));
  const t = rho * Math.sqrt((kept.length - 2) / ((1 - rho) * (1 + rho)));
  return {
    rho,
    p: Math.abs(rho) === 1 ? 0 : 2 * studentTail(Math.abs(t), kept.length - 2),
    count: kept.length,
  };
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [u, v] = [meanOf(a), meanOf(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [(a[i] as number) - u, (b[i] as number) - v];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
}
