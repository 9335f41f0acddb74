import { arrowElements } from './arrow-rows.ts';
import { type Elements, elementsOfValue, NO_ELEMENTS, type NodeDecoder } from './elements.ts';
import { elementsOfItems } from './elements-list.ts';
import { elementsOfTextPart } from './elements-text.ts';
import type { PartReader } from './part-read.ts';
import { isTag, type Node } from './skeleton.ts';
import { typedArray } from './typed-array.ts';

/** The elements of the value a node of a skeleton stands for. */
export function elementsOfNode(node: Node, parts: PartReader, decode: NodeDecoder): Elements {
  if (Array.isArray(node)) return elementsOfItems(node, decode);
  if (typeof node !== 'object' || node === null) return elementsOfValue(node);
  if (!isTag(node)) return NO_ELEMENTS;
  const [tag = ''] = Object.keys(node);
  const payload = node[tag] ?? null;
  if (tag === '$def' && Array.isArray(payload)) return elementsOfNode(payload[1] ?? null, parts, decode);
  if (tag === '$array' && typeof payload === 'object' && !Array.isArray(payload))
    return elementsOfNode(payload?.items ?? null, parts, decode);
  if ((tag === '$Set' || tag === '$Map') && Array.isArray(payload)) return elementsOfItems(payload, decode);
  if (tag.startsWith('$arrow.')) return arrowElements(tag, payload, parts);
  const found = typeof payload === 'number' ? elementsOfPart(tag, payload, parts) : undefined;
  return found ?? elementsOfValue(decode.one(node));
}

// A value whose bytes are a part, by its tag.
function elementsOfPart(tag: string, part: number, parts: PartReader): Elements | undefined {
  if (tag === '$string') return elementsOfTextPart(part, parts);
  if (tag === '$numbers') return elementsOfNumbers('Float64Array', part, parts, (array) => Array.from(array));
  if (tag === '$Buffer')
    return elementsOfNumbers('Uint8Array', part, parts, ({ buffer }) => Buffer.from(buffer));
  const name = tag.slice(1);
  return typedArray(name) && elementsOfNumbers(name, part, parts, (array) => array);
}

type Numbers = ArrayBufferView<ArrayBuffer> & ArrayLike<number | bigint>;

function elementsOfNumbers(
  name: string,
  part: number,
  parts: PartReader,
  finish: (array: Numbers) => unknown,
): Elements | undefined {
  const maker = typedArray(name);
  if (maker === undefined) return undefined;
  const size = maker.BYTES_PER_ELEMENT;
  const read = (start: number, end: number) =>
    new maker(parts.range(part, start * size, end * size).buffer) as Numbers;
  return {
    length: parts.size(part) / size,
    element: (index) => read(index, index + 1)[0],
    slice: (start, end) => finish(read(start, end)),
  };
}
