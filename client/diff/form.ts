import { type Node, readerOf } from '#store';

/** A value as JSON can carry it: as value.json writes it. Throws an UnstorableError. */
export function formOf(value: unknown): Node {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return formOfNumber(value);
  return readerOf('value', value).form;
}

/** The same of a number: itself, or a tag where JSON has no word for it. */
export function formOfNumber(value: number | bigint): Node {
  if (typeof value === 'bigint') return { $bigint: value.toString() };
  if (Object.is(value, -0)) return { $number: '-0' };
  return Number.isFinite(value) ? value : { $number: String(value) };
}
