import { textOfPart } from './elements-text.ts';
import type { Scholar, TagDecoder } from './scholar.ts';
import type { Node } from './skeleton.ts';

const MAX_LENGTH = 2 ** 32 - 1;

// Appends the values of a JSON array to a list, leaving out what is a hole.
function items(node: readonly Node[], list: unknown[], scholar: Scholar): unknown[] {
  for (const item of node) {
    const hole = holeLength(item);
    if (list.length === MAX_LENGTH) scholar.corrupt('has a list that is too long');
    if (hole === undefined) list.push(scholar.child(item));
    else if (hole > 0 && list.length + hole <= MAX_LENGTH) list.length += hole;
    else scholar.corrupt(`has a hole of ${hole} elements`);
  }
  return list;
}

/** The number of holes a node of an array stands for, or undefined when it is an element. */
export function holeLength(item: Node): number | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item) || !('$hole' in item))
    return undefined;
  if (Object.keys(item).length !== 1) return undefined;
  return typeof item.$hole === 'number' && Number.isInteger(item.$hole) ? item.$hole : -1;
}

/** The numbers of a part as an ordinary array. */
function numbers(payload: Node, scholar: Scholar): number[] {
  if (typeof payload !== 'number') return scholar.corrupt('has numbers without a part');
  const { size } = scholar.parts.info(payload, 'numeric');
  if (size % 8 !== 0) scholar.corrupt(`takes part ${payload} of ${size} bytes for numbers`);
  return scholar.claim(Array.from(new Float64Array(scholar.parts.bytes(payload).buffer)));
}

function named(payload: Node, scholar: Scholar): unknown {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return scholar.corrupt('has a broken array');
  const { items: content, properties } = payload;
  if (typeof properties !== 'object' || properties === null) return scholar.corrupt('has a broken array');
  const list = Array.isArray(content) ? items(content, scholar.claim([]), scholar) : scholar.child(content);
  if (!Array.isArray(list)) return scholar.corrupt('has a broken array');
  for (const [key, node] of Object.entries(properties)) {
    Object.defineProperty(list, key, {
      value: scholar.child(node),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return list;
}

/** Arrays, and the tags of primitives JSON lacks. */
export const arrayTags = {
  items,
  tags: {
    $array: named,
    $numbers: numbers,
    $undefined: () => undefined,
    $hole: (_payload, scholar) => scholar.corrupt('has a hole outside an array'),
    $number: (payload, scholar) => {
      if (payload === 'NaN' || payload === 'Infinity' || payload === '-Infinity' || payload === '-0')
        return Number(payload);
      return scholar.corrupt('has a broken number');
    },
    $bigint: (payload, scholar) => {
      const match = typeof payload === 'string' ? /^(-?)(0x[0-9a-f]+|\d{1,10000})$/.exec(payload) : null;
      if (match?.[2] === undefined) return scholar.corrupt('has a broken bigint');
      try {
        return match[1] === '-' ? -BigInt(match[2]) : BigInt(match[2]);
      } catch {
        return scholar.corrupt('has a bigint of more digits than there may be');
      }
    },
    $string: (payload, scholar) => {
      if (typeof payload !== 'number') return scholar.corrupt('has a text without a part');
      return textOfPart(payload, scholar.parts);
    },
  } satisfies Record<string, TagDecoder>,
};
