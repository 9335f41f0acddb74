import { types } from 'node:util';
import { arrowRows } from './arrow-rows.ts';
import { holeLength } from './decode-array.ts';
import type { PartReader } from './part-read.ts';
import { isTag, type Node } from './skeleton.ts';
import type { SkeletonReader } from './skeleton-text.ts';
import { typedArray } from './typed-array.ts';

/** What a foreach goes through. `length` is undefined for a value that cannot be iterated. */
export interface Elements {
  readonly length: number | undefined;
  /** `index` is a whole number below `length`. */
  element(index: number): unknown;
}

/** The elements of a value in memory. */
export function elementsOfValue(value: unknown): Elements {
  if (typeof value === 'string') return codePoints(() => value);
  if (value instanceof String) return codePoints(() => String(value));
  if (Array.isArray(value)) return { length: value.length, element: (index) => value[index] };
  if (types.isTypedArray(value)) return { length: value.length, element: (index) => value[index] };
  if (types.isSet(value) || types.isMap(value)) {
    const members = [...value];
    return { length: members.length, element: (index) => members[index] };
  }
  return NONE;
}

/** The elements of a stored value, each decoded alone where its place in the store is known. */
export function elementsOf(
  skeleton: SkeletonReader,
  parts: PartReader,
  decode: (node: Node) => unknown,
): Elements {
  const rows = skeleton.rowCount;
  if (rows !== undefined) return { length: rows, element: (index) => decode(skeleton.row(index)) };
  return ofNode(skeleton.whole, parts, decode);
}

const NONE: Elements = { length: undefined, element: () => undefined };

function ofNode(node: Node, parts: PartReader, decode: (node: Node) => unknown): Elements {
  if (Array.isArray(node)) return ofItems(node, decode);
  if (typeof node !== 'object' || node === null) return elementsOfValue(node);
  if (!isTag(node)) return NONE;
  const [tag = ''] = Object.keys(node);
  const payload = node[tag] ?? null;
  if (tag === '$def' && Array.isArray(payload)) return ofNode(payload[1] ?? null, parts, decode);
  if (tag === '$array' && typeof payload === 'object' && !Array.isArray(payload))
    return ofNode(payload?.items ?? null, parts, decode);
  if (tag === '$numbers' && typeof payload === 'number') return ofNumbers('Float64Array', payload, parts);
  if (typeof payload === 'number' && tag === '$Buffer') return ofNumbers('Uint8Array', payload, parts);
  if (typeof payload === 'number' && typedArray(tag.slice(1)) !== undefined)
    return ofNumbers(tag.slice(1), payload, parts);
  if ((tag === '$Set' || tag === '$Map') && Array.isArray(payload)) return ofItems(payload, decode);
  if (tag.startsWith('$arrow.')) return arrowRows(tag, payload, parts);
  return elementsOfValue(decode(node));
}

function ofItems(items: readonly Node[], decode: (node: Node) => unknown): Elements {
  if (!items.some((item) => holeLength(item) !== undefined)) {
    return { length: items.length, element: (index) => decode(items[index] ?? null) };
  }
  const starts: number[] = [];
  let length = 0;
  for (const item of items) {
    const hole = holeLength(item);
    if (hole !== undefined && hole < 1) decode(item); // Throws: nobody wrote that.
    starts.push(length);
    length += hole ?? 1;
  }
  return {
    length,
    element(index) {
      const at = starts.findLastIndex((start) => start <= index);
      const item = items[at] ?? null;
      return holeLength(item) === undefined ? decode(item) : undefined;
    },
  };
}

function ofNumbers(name: string, part: number, parts: PartReader): Elements {
  const maker = typedArray(name);
  if (maker === undefined) return NONE;
  const size = maker.BYTES_PER_ELEMENT;
  return {
    length: parts.info(part).size / size,
    element: (index) => new maker(parts.range(part, index * size, (index + 1) * size).buffer)[0],
  };
}

// A string is iterated by code points, as for-of does.
function codePoints(read: () => string): Elements {
  let list: string[] | undefined;
  const points = () => {
    list ??= Array.from(read());
    return list;
  };
  return {
    get length() {
      return points().length;
    },
    element: (index) => points()[index],
  };
}
