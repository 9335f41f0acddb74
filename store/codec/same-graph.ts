import { types } from 'node:util';

/**
 * Whether two values are the same, more strictly than util.isDeepStrictEqual, for tests: -0 is not 0, a hole is not
 * undefined, keys are in the same order, and what is one object in one is one object in the other.
 */
export function sameGraph(a: unknown, b: unknown, pairs = new Map<object, object>()): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b);
  const known = pairs.get(a);
  if (known !== undefined) return known === b;
  pairs.set(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  return sameContent(a, b, pairs) && (ArrayBuffer.isView(a) || sameFields(a, b, pairs));
}

function sameContent(a: object, b: object, pairs: Map<object, object>): boolean {
  const same = (x: unknown, y: unknown) => sameGraph(x, y, pairs);
  if (a instanceof Date) return b instanceof Date && Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp)
    return b instanceof RegExp && String(a) === String(b) && a.lastIndex === b.lastIndex;
  if (a instanceof URL || a instanceof URLSearchParams) return String(a) === String(b);
  if (a instanceof Map) return b instanceof Map && same([...a], [...b]);
  if (a instanceof Set) return b instanceof Set && same([...a], [...b]);
  if (types.isBoxedPrimitive(a)) return types.isBoxedPrimitive(b) && Object.is(a.valueOf(), b.valueOf());
  if (a instanceof ArrayBuffer)
    return b instanceof ArrayBuffer && sameBytes(new Uint8Array(a), new Uint8Array(b));
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && sameBytes(bytesOf(a), bytesOf(b));
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length;
  if (a instanceof Error) {
    const error = b as Error & Record<string, unknown>;
    return ['name', 'message', 'stack', 'cause', 'errors'].every((key) =>
      same(Reflect.get(a, key), error[key]),
    );
  }
  return true;
}

function sameFields(a: object, b: object, pairs: Map<object, object>): boolean {
  const keys = Object.keys(a);
  if (Object.keys(b).join('\0') !== keys.join('\0')) return false;
  return keys.every((key) => sameGraph(Reflect.get(a, key), Reflect.get(b, key), pairs));
}

const bytesOf = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
