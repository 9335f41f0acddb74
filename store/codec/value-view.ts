import { Decoder, definitionsIn } from './decode.ts';
import { type Elements, elementsOfValue, type NodeDecoder } from './elements.ts';
import { elementsOfRows } from './elements-list.ts';
import { elementsOfNode } from './elements-stored.ts';
import type { PartReader } from './part-read.ts';
import { registeredNamed } from './registry.ts';
import type { PlainClasses } from './scholar.ts';
import { isTag, type Node } from './skeleton.ts';
import type { SkeletonReader } from './skeleton-text.ts';

/** A stored value, or a value within it, of which parts are read without the rest. */
export interface ValueView {
  readonly elements: Elements;
  /** The value, a new one at each call. */
  load(): unknown;
  /** The value of an own property of a plain object, or of an instance stored by its properties; undefined when there is none, or the value is something else. */
  field(key: string): ValueView | undefined;
}

/** What views of one artifact share. */
export interface ViewSource {
  readonly artifact: string;
  readonly parts: PartReader;
  readonly skeleton: SkeletonReader;
  /** Whether the skeleton has tags: in codec `json` everything means itself. */
  readonly isTagged: boolean;
  /** What becomes of instances of classes this process does not have. */
  readonly plainClasses: PlainClasses;
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
      const fields = fieldsOf(node, source);
      const inner = fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
      return inner === undefined ? undefined : nodeView(inner, source, decode);
    },
  };
}

type Fields = { readonly [key: string]: Node };

/** The properties of a node that is a plain object, or an instance stored by its properties. */
function fieldsOf(node: Node | undefined, source: ViewSource): Fields | undefined {
  if (!isFields(node)) return undefined;
  if (!source.isTagged || !isTag(node)) return node;
  if (Array.isArray(node.$def)) return fieldsOf(node.$def[1], source);
  const inner = isFields(node.$class) ? formOf(node.$class, source) : (node.$object ?? node.$null);
  return isFields(inner) ? inner : undefined;
}

// What a codec made of an instance is nothing to go on in where the class is known: what it makes of that again is.
function formOf({ name, fields, value }: Fields, { plainClasses }: ViewSource): Node | undefined {
  if (fields !== undefined) return fields;
  const isUnknown = typeof name === 'string' && registeredNamed(name) === undefined;
  return isUnknown && plainClasses !== false && isFields(value) && !isTag(value) ? value : undefined;
}

const isFields = (node: Node | undefined): node is Fields =>
  typeof node === 'object' && node !== null && !Array.isArray(node);

// What it gives is the caller's.
const elementsOfPlain = (plain: unknown): Elements => {
  const { length, element, slice } = elementsOfValue(plain);
  return {
    length,
    element: (index) => structuredClone(element(index)),
    slice: (start, end) => structuredClone(slice(start, end)),
  };
};

function decoderFor({ artifact, parts, skeleton, isTagged, plainClasses }: ViewSource): NodeDecoder {
  if (!isTagged) return { one: structuredClone, list: (nodes) => structuredClone([...nodes]) };
  let known: ReadonlyMap<number, Node> | undefined;
  const definitions = () => {
    known ??= definitionsIn(skeleton.whole);
    return known;
  };
  const fresh = () => new Decoder(artifact, parts, { definitions, plainClasses });
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
