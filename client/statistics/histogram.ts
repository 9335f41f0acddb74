import { quantile } from './quantile.ts';

/** Most bins that are chosen when no number of bins is given. */
const MOST_BINS = 100;

/** Edges in ascending order, one more than there are bins; a bin holds its lower edge, the last bin both. */
export function histogramEdges(sorted: ArrayLike<number>, bins?: number): number[] {
  if (sorted.length === 0) return [];
  let low = sorted[0] as number;
  let high = sorted[sorted.length - 1] as number;
  if (low === high) {
    const half = Math.max(Math.abs(low) * 0.05, 0.5);
    low = Math.max(low - half, -Number.MAX_VALUE);
    high = Math.min(high + half, Number.MAX_VALUE);
  }
  const count = bins ?? binsOf(sorted, low, high);
  // Rounding may put an edge between close numbers before the one on its left, or beyond the last.
  const edges = [low];
  for (let i = 1; i < count; i += 1) {
    const edge = low * (1 - i / count) + high * (i / count);
    edges.push(Math.min(high, Math.max(edge, edges[i - 1] as number)));
  }
  return [...edges, high];
}

/** How many of the values fall into each bin; values outside of the edges are not counted. */
export function countInBins(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = new Array<number>(Math.max(edges.length - 1, 0)).fill(0);
  const last = edges[edges.length - 1] as number;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (!(value >= (edges[0] as number) && value <= last)) continue;
    let low = 0;
    let high = counts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (value >= (edges[middle] as number)) low = middle;
      else high = middle - 1;
    }
    counts[low] = (counts[low] as number) + 1;
  }
  return counts;
}

// Freedman and Diaconis 1981: a bin is 2·IQR/∛n wide. Without a spread of the quartiles, Sturges' rule.
function binsOf(sorted: ArrayLike<number>, low: number, high: number): number {
  const width = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(sorted.length);
  const wanted =
    width > 0 && Number.isFinite(width) ? (high / 2 - low / 2) / (width / 2) : Math.log2(sorted.length) + 1;
  return Math.max(1, Math.min(MOST_BINS, Math.ceil(wanted)));
}
