/**
 * The quantile p (0 to 1) of numbers in ascending order, by linear interpolation between the two nearest
 * (Hyndman and Fan 1996, type 7: the default of R and NumPy). NaN when there are no numbers.
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0 || !(p >= 0 && p <= 1)) return Number.NaN;
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  // Where low and high are equal the result is exactly that number, also where a product would overflow.
  return low === high ? low : low * (1 - (place - below)) + high * (place - below);
}
