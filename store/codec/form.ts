import { numberNode } from './encode-leaf.ts';
import type { PartReader } from './part-read.ts';
import { isTag, type Node, setField } from './skeleton.ts';

/** What reading the form of a value takes. */
export interface FormSource {
  readonly parts: PartReader;
  /** The value of a node, for texts and lists of numbers that lie in parts. */
  decode(node: Node): unknown;
}

/** Fields of Arrow's columns that are buffers: text, or the number of a part. */
const BUFFERS = new Set(['validity', 'offsets', 'values', 'typeIds', 'variadic']);

/**
 * A skeleton as JSON on its own: texts and lists of numbers stand in it, and the bytes of a part as their size and SHA-256. So two
 * forms are equal exactly when the values are.
 */
export function formOfNode(node: Node, source: FormSource): Node {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => formOfNode(item, source));
  return isTag(node) ? formOfTag(node, source) : formOfFields(node, source);
}

type Fields = { readonly [key: string]: Node };

function formOfFields(fields: Fields, source: FormSource): Node {
  const form: { [key: string]: Node } = {};
  for (const [key, value] of Object.entries(fields)) setField(form, key, formOfNode(value, source));
  return form;
}

function formOfTag(node: Fields, source: FormSource): Node {
  const [tag = '', payload = null] = Object.entries(node)[0] ?? [];
  if (tag === '$string' || tag === '$numbers') return formOfText(source.decode(node));
  if (tag.startsWith('$arrow.')) return { [tag]: formOfArrow(payload, source.parts) };
  if (isFields(payload)) {
    if (tag === '$object' || tag === '$null') return { [tag]: formOfFields(payload, source) };
    if (tag === '$File') return { [tag]: { ...payload, part: bytesOf(payload.part ?? null, source.parts) } };
    return { [tag]: formOfParts(payload, source) };
  }
  // Of what has neither fields nor a list, only the bytes of a part are a number that is no value.
  if (typeof payload === 'number' && /^\$(?:\w+Array|ArrayBuffer|Buffer|DataView)$/.test(tag))
    return { [tag]: bytesOf(payload, source.parts) };
  return { [tag]: formOfNode(payload, source) };
}

/** The payload of a tag, which is no tag whatever its keys; properties of instances are taken literally as well. */
function formOfParts(payload: Fields, source: FormSource): Node {
  const form: { [key: string]: Node } = {};
  for (const [key, value] of Object.entries(payload)) {
    const isLiteral = (key === 'fields' || key === 'properties') && isFields(value);
    setField(form, key, isLiteral ? formOfFields(value, source) : formOfNode(value, source));
  }
  return form;
}

const formOfText = (value: unknown): Node =>
  Array.isArray(value) ? value.map(numberNode) : (value as string);

function formOfArrow(node: Node, parts: PartReader, key = ''): Node {
  if (typeof node === 'number') return BUFFERS.has(key) ? bytesOf(node, parts) : node;
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => formOfArrow(item, parts, key));
  const form: { [key: string]: Node } = {};
  for (const [name, value] of Object.entries(node)) setField(form, name, formOfArrow(value, parts, name));
  return form;
}

function bytesOf(part: Node, parts: PartReader): Node {
  if (typeof part !== 'number') return part;
  const { size, digest } = parts.info(part);
  return { size, sha256: digest };
}

const isFields = (node: Node): node is { [key: string]: Node } =>
  typeof node === 'object' && node !== null && !Array.isArray(node);
