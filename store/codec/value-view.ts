import { Decoder, definitionsIn } from './decode.ts';
import { type Elements, elementsOfValue, type NodeDecoder } from './elements.ts';
import { elementsOfRows } from './elements-list.ts';
import { elementsOfNode } from './elements-stored.ts';
import type { PartReader } from './part-read.ts';
import { isTag, type Node } from './skeleton.ts';
import type { SkeletonReader } from './skeleton-text.ts';

/** A stored value, or a value within it, of which parts are read without the rest. */
export interface ValueView {
  readonly elements: Elements;
  /** The value, a new one at each call. */
  load(): unknown;
  /** The value of an own property of a plain object; undefined when there is none, or the value is something else. */
  field(key: string): ValueView | undefined;
}

/** What views of one artifact share. */
export interface ViewSource {
  readonly artifact: string;
  readonly parts: PartReader;
  readonly skeleton: SkeletonReader;
  /** Whether the skeleton has tags: in codec `json` everything means itself. */
  readonly isTagged: boolean;
}

/** The view of a whole artifact that is a tree. Nothing is read before it is asked for. */
export function viewOf(source: ViewSource): ValueView {
  const { skeleton } = source;
  const decode = decoderFor(source);
  const rows = skeleton.rowCount;
  const node = () => nodeView(skeleton.whole, source, decode);
  // A row is parsed for whoever asks for it; without tags it is the value already.
  const decodeRows = source.isTagged ? decode : AS_IT_IS;
  let elements: Elements | undefined;
  return {
    get elements() {
      elements ??= rows === undefined ? node().elements : elementsOfRows(skeleton, rows, decodeRows);
      return elements;
    },
    load: () => node().load(),
    field: (key) => (rows === undefined ? node().field(key) : undefined),
  };
}

function nodeView(node: Node, source: ViewSource, decode: NodeDecoder): ValueView {
  let elements: Elements | undefined;
  return {
    get elements() {
      elements ??= source.isTagged ? elementsOfNode(node, source.parts, decode) : elementsOfPlain(node);
      return elements;
    },
    load: () => decode.one(node),
    field(key) {
      const fields = fieldsOf(node, source.isTagged);
      const inner = fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
      return inner === undefined ? undefined : nodeView(inner, source, decode);
    },
  };
}

/** The properties of a node that is a plain object. */
function fieldsOf(node: Node | undefined, isTagged: boolean): { readonly [key: string]: Node } | undefined {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return undefined;
  if (!isTagged || !isTag(node)) return node;
  if (Array.isArray(node.$def)) return fieldsOf(node.$def[1], true);
  const inner = node.$object ?? node.$null;
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : undefined;
}

// What it gives is the caller's.
const elementsOfPlain = (plain: unknown): Elements => {
  const { length, element, slice } = elementsOfValue(plain);
  return {
    length,
    element: (index) => structuredClone(element(index)),
    slice: (start, end) => structuredClone(slice(start, end)),
  };
};

function decoderFor({ artifact, parts, skeleton, isTagged }: ViewSource): NodeDecoder {
  if (!isTagged) return { one: structuredClone, list: (nodes) => structuredClone([...nodes]) };
  let known: ReadonlyMap<number, Node> | undefined;
  const definitions = () => {
    known ??= definitionsIn(skeleton.whole);
    return known;
  };
  const fresh = () => new Decoder(artifact, parts, { definitions });
  return {
    one: (node) => fresh().decode(node),
    list(nodes) {
      const decoder = fresh();
      return nodes.map((node) => decoder.decode(node));
    },
  };
}

const AS_IT_IS: NodeDecoder = { one: (node) => node, list: (nodes) => [...nodes] };

/** The view of a plain value in memory. */
export function memoryView(read: () => unknown): ValueView {
  const value = read();
  return {
    elements: elementsOfPlain(value),
    load: read,
    field(key) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
      return memoryView(() => structuredClone((value as Record<string, unknown>)[key]));
    },
  };
}
