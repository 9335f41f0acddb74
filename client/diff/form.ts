import { type Node, numberNode, readerOf } from '#store';

/** A value as JSON can carry it: as value.json writes it. Throws an UnstorableError. */
export function formOf(value: unknown): Node {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return numberNode(value);
  return readerOf('value', value).form;
}
