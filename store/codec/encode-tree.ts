import { types } from 'node:util';
import { encodeDate, encodeNumbers, encodePrimitive } from './encode-leaf.ts';
import type { PartWriter } from './part-write.ts';
import { type Node, setField } from './skeleton.ts';
import type { Survey } from './survey.ts';

/**
 * The skeleton of a value that a survey found to be a tree: the value itself where it is JSON, and copies of the objects
 * and arrays on the way to anything that needs a tag or a part. Gives the same skeleton as the general encoder, sooner.
 */
export function encodeTree(value: unknown, parts: PartWriter, numbers: Numbers = NONE): Node {
  if (typeof value !== 'object' || value === null) return encodePrimitive(value, parts) ?? null;
  if (Array.isArray(value)) {
    const encoded = encodeNumbers(value, parts, numbers.get(value));
    return 'node' in encoded ? encoded.node : encodeItems(value, parts, numbers);
  }
  if (types.isDate(value)) return encodeDate(value);
  return encodeFields(value as Record<string, unknown>, parts, numbers);
}

/** What a survey read of very long arrays of numbers. */
type Numbers = Survey['numbers'];

const NONE: Numbers = new Map();

// Nothing in a tree answers differently when it is read again.
function encodeItems(list: readonly unknown[], parts: PartWriter, numbers: Numbers): Node[] {
  let copy: Node[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    const node = encodeTree(item, parts, numbers);
    if (node === item) continue;
    copy ??= list.slice() as Node[];
    copy[i] = node;
  }
  return copy ?? (list as Node[]);
}

function encodeFields(value: Record<string, unknown>, parts: PartWriter, numbers: Numbers): Node {
  let copy: Record<string, Node> | undefined;
  for (const key of Object.keys(value)) {
    const field = value[key];
    const node = encodeTree(field, parts, numbers);
    if (node === field) continue;
    copy ??= { ...value } as Record<string, Node>;
    setField(copy, key, node);
  }
  return copy ?? (value as Record<string, Node>);
}
