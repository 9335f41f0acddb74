import type { DiffOptions } from './options.ts';

/** Whether two numbers are the same: NaN equals NaN, and −0 is not 0. */
export const isSameNumber = (a: number | bigint, b: number | bigint): boolean => Object.is(a, b);

/** Whether the options tolerate any difference of numbers. */
export const isTolerant = ({ rtol = 0, atol = 0 }: DiffOptions): boolean => rtol > 0 || atol > 0;

/** Whether two numbers differ by no more than `atol + rtol * |a|`; those that are the same do. Infinities and NaN are close to themselves alone. */
export function isCloseNumber(a: number | bigint, b: number | bigint, options: DiffOptions): boolean {
  if (isSameNumber(a, b)) return true;
  if (!isTolerant(options)) return false;
  const { rtol = 0, atol = 0 } = options;
  const x = Number(a);
  // Big integers are subtracted as such: as doubles, two that are far apart may be one.
  const distance = Number(typeof a === 'bigint' && typeof b === 'bigint' ? b - a : Number(b) - x);
  if (!Number.isFinite(x) || !Number.isFinite(distance)) return false;
  return Math.abs(distance) <= atol + rtol * Math.abs(x);
}
