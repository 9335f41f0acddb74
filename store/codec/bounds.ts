/**
 * Where a stretch of a list of `length` elements begins and ends, as Array.prototype.slice counts: from the end when
 * negative, cut to what is there, empty when it ends before it begins. Throws a RangeError for what is no whole number.
 */
export function sliceBounds(
  length: number,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): readonly [start: number, end: number] {
  const start = boundIn(length, from);
  return [start, Math.max(start, boundIn(length, to))];
}

function boundIn(length: number, bound: number): number {
  if (Number.isNaN(bound) || (Number.isFinite(bound) && !Number.isInteger(bound)))
    throw new RangeError(`A slice begins and ends at whole numbers, not at ${bound}.`);
  return bound < 0 ? Math.max(0, length + bound) : Math.min(length, bound);
}
