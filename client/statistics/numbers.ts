/** Numbers as lists, typed arrays and columns of Arrow have them; what is missing (null, undefined, NaN, not finite) is passed over. */
export type Numbers = Iterable<number | bigint | null | undefined>;

/** The finite numbers, in order of appearance. */
export function finite(values: Numbers): Float64Array {
  const out: number[] = [];
  for (const value of values) {
    const one = value === null || value === undefined ? Number.NaN : Number(value);
    if (Number.isFinite(one)) out.push(one);
  }
  return Float64Array.from(out);
}

/** The finite numbers, ascending. */
export const ascending = (values: Numbers): Float64Array => finite(values).sort();

/** The mean; NaN of no numbers. A running mean, because the sum of large numbers overflows. */
export function meanOf(values: Float64Array): number {
  if (values.length === 0) return Number.NaN;
  let sum = 0;
  for (const value of values) sum += value;
  if (Number.isFinite(sum)) {
    // Once more over what rounding has left.
    const mean = sum / values.length;
    let rest = 0;
    for (const value of values) rest += value - mean;
    return Number.isFinite(rest) ? mean + rest / values.length : mean;
  }
  let mean = 0;
  values.forEach((value, i) => {
    mean += value / (i + 1) - mean / (i + 1);
  });
  return mean;
}

/** The variance of a sample (divided by n − 1); NaN of fewer than two numbers. */
export function varianceOf(values: Float64Array): number {
  if (values.length < 2) return Number.NaN;
  const mean = meanOf(values);
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return sum / (values.length - 1);
}

/** Ranks from 1, equal numbers having the mean of theirs; `ties` is Σ(t³ − t) over the sizes of groups of equals. */
export function ranksOf(values: Float64Array): { ranks: Float64Array; ties: number } {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Float64Array(values.length);
  let ties = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end += 1;
    for (let i = start; i < end; i += 1) ranks[order[i] as number] = (start + end + 1) / 2;
    const size = end - start;
    ties += size ** 3 - size;
    start = end;
  }
  return { ranks, ties };
}
