/**
 * The points of a line that show at a resolution, as indices: in each of the columns the first, the lowest, the
 * highest and the last one, so that a spike of a single point stays. Points are in order of column.
 */
export function thinLine(columns: ArrayLike<number>, y: ArrayLike<number>): number[] {
  const kept: number[] = [];
  let start = 0;
  while (start < y.length) {
    let low = start;
    let high = start;
    let end = start;
    const column = columns[start];
    while (end < y.length && columns[end] === column) {
      if ((y[end] as number) < (y[low] as number)) low = end;
      if ((y[end] as number) > (y[high] as number)) high = end;
      end += 1;
    }
    kept.push(...[...new Set([start, low, high, end - 1])].sort((a, b) => a - b));
    start = end;
  }
  return kept;
}
