import { LONG_NUMBERS } from './limits.ts';
import { hasExtraProperties, isIndex } from './pure.ts';
import type { Scribe } from './scribe.ts';
import type { Holder, Node } from './skeleton.ts';

/** An array: a JSON array with runs of holes as `{"$hole": n}`, or a part when it is a long one of plain numbers. */
export function encodeArray(list: readonly unknown[], scribe: Scribe): Node {
  const items = isLongNumbers(list)
    ? { $numbers: scribe.parts.add(numberBytes(list), 'numeric') }
    : encodeItems(list, scribe);
  if (Object.getOwnPropertySymbols(list).length === 0 && !hasExtraProperties(list)) return items;
  const properties: Record<string, Node> = {};
  scribe.putProperties(properties, ownNamed(list, scribe));
  return { $array: { items, properties } };
}

function encodeItems(list: readonly unknown[], scribe: Scribe): Node[] {
  const items: Node[] = [];
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (item === undefined && !Object.hasOwn(list, i)) return encodeSparse(list, i, items, scribe);
    scribe.put(items as unknown as Holder, i, item, i);
  }
  return items;
}

// From the first hole on only what is there is visited: a list may be as long as 2^32 - 1 and hold one thing.
function encodeSparse(list: readonly unknown[], from: number, items: Node[], scribe: Scribe): Node[] {
  let next = from;
  for (const key of Object.keys(list)) {
    const index = Number(key);
    if (!isIndex(key) || index < from) continue;
    if (index > next) items.push({ $hole: index - next });
    items.push(null);
    scribe.put(items as unknown as Holder, items.length - 1, list[index], index);
    next = index + 1;
  }
  if (next < list.length) items.push({ $hole: list.length - next });
  return items;
}

// A view of the properties that are not elements, so that a getter among them is called with its path known.
function ownNamed(list: readonly unknown[], scribe: Scribe): object {
  const named: object = {};
  for (const key of [...Object.keys(list), ...Object.getOwnPropertySymbols(list)]) {
    if (typeof key === 'string' && isIndex(key)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(list, key);
    if (descriptor === undefined) scribe.fail('cannot be read: a property vanished');
    Object.defineProperty(named, key, descriptor);
  }
  return named;
}

function isLongNumbers(list: readonly unknown[]): list is readonly number[] {
  if (list.length < LONG_NUMBERS) return false;
  for (let i = 0; i < list.length; i++) if (typeof list[i] !== 'number') return false;
  return true;
}

// Engines may write any NaN they like for NaN; equal values must have equal bytes.
function numberBytes(list: readonly number[]): Uint8Array {
  const numbers = new Float64Array(list);
  const words = new Uint32Array(numbers.buffer);
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isNaN(numbers[i])) continue;
    words[2 * i] = 0;
    words[2 * i + 1] = 0x7ff80000;
  }
  return new Uint8Array(numbers.buffer);
}
