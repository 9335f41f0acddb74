import { encodeNumbers } from './encode-leaf.ts';
import type { Scribe } from './scribe.ts';
import type { Holder, Node } from './skeleton.ts';
import { hasExtraProperties, isIndex } from './survey.ts';

/** An array: a JSON array with runs of holes as `{"$hole": n}`, or a part when it is a long one of plain numbers. */
export function encodeArray(list: readonly unknown[], scribe: Scribe): Node {
  const encoded = encodeNumbers(list, scribe.parts, scribe.numbersOf(list));
  const items = 'node' in encoded ? encoded.node : encodeItems(list, encoded.read, scribe);
  scribe.refuseSymbolKeys(list);
  if (!hasExtraProperties(list)) return items;
  const properties: Record<string, Node> = {};
  scribe.putProperties(properties, ownNamed(list, scribe));
  return { $array: { items, properties } };
}

// `read` are the first elements, which are not to be read again.
function encodeItems(list: readonly unknown[], read: readonly unknown[], scribe: Scribe): Node[] {
  const items: Node[] = [];
  for (let i = 0; i < list.length; i++) {
    const item = i < read.length ? read[i] : list[i];
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
  for (const key of Object.keys(list)) {
    if (isIndex(key)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(list, key);
    if (descriptor === undefined) scribe.fail('cannot be read: a property vanished');
    Object.defineProperty(named, key, descriptor);
  }
  return named;
}
