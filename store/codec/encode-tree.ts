import { encodeDate, encodeNumbers, encodePrimitive } from './encode-leaf.ts';
import type { PartWriter } from './part-write.ts';
import { type Node, setField } from './skeleton.ts';

/**
 * The skeleton of a value that a survey found to be a tree: the value itself where it is JSON, and copies of the objects
 * and arrays on the way to anything that needs a tag or a part. Gives the same skeleton as the general encoder, sooner.
 */
export function encodeTree(value: unknown, parts: PartWriter): Node {
  if (typeof value !== 'object' || value === null) return encodePrimitive(value, parts) ?? null;
  if (Array.isArray(value)) return encodeNumbers(value, parts) ?? encodeItems(value, parts);
  if (value instanceof Date || Object.prototype.toString.call(value) === '[object Date]')
    return encodeDate(value as Date);
  return encodeFields(value as Record<string, unknown>, parts);
}

function encodeItems(list: readonly unknown[], parts: PartWriter): Node[] {
  let copy: Node[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    const node = encodeTree(item, parts);
    if (node === item) continue;
    copy ??= list.slice() as Node[];
    copy[i] = node;
  }
  return copy ?? (list as Node[]);
}

function encodeFields(value: Record<string, unknown>, parts: PartWriter): Node {
  let copy: Record<string, Node> | undefined;
  for (const key of Object.keys(value)) {
    const field = value[key];
    const node = encodeTree(field, parts);
    if (node === field) continue;
    copy ??= { ...value } as Record<string, Node>;
    setField(copy, key, node);
  }
  return copy ?? (value as Record<string, Node>);
}
