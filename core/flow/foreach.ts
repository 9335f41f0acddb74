import { types } from 'node:util';

/**
 * Number of elements a foreach over a value has, or undefined when it cannot be iterated: arrays, typed arrays, Sets,
 * Maps, strings (by code point), Arrow tables (rows) and vectors.
 */
export function foreachLength(value: unknown): number | undefined {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  if (ArrayBuffer.isView(value) && 'length' in value) return Number(value.length);
  if (types.isSet(value) || types.isMap(value)) return value.size;
  if (isArrow(value, 'Table') || isArrow(value, 'Vector')) {
    const { numRows, length } = value as { numRows?: number; length?: number };
    return numRows ?? length;
  }
  return undefined;
}

/** Recognised by shape, so that Arrow is not loaded for it. */
function isArrow(value: unknown, kind: 'Table' | 'Vector'): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (kind === 'Table') return 'schema' in value && 'numRows' in value && 'batches' in value;
  return 'type' in value && 'length' in value && 'data' in value && 'stride' in value;
}
