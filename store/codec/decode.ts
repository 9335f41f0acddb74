import { arrayTags } from './decode-array.ts';
import { arrowTags } from './decode-arrow.ts';
import { binaryTags } from './decode-binary.ts';
import { builtinTags } from './decode-builtin.ts';
import { classTags } from './decode-class.ts';
import { fileTags } from './decode-file.ts';
import { ArtifactCorruptError } from './errors.ts';
import { MAX_DEPTH } from './limits.ts';
import type { PartReader } from './part-read.ts';
import type { PlainClasses, Scholar, TagDecoder } from './scholar.ts';
import { isTag, type Node, setField } from './skeleton.ts';

/** What a decoder needs to know beside the node it decodes. */
export interface DecoderOptions {
  /** The objects other nodes refer to, by number; asked when one is met before its definition. */
  definitions(): ReadonlyMap<number, Node>;
  /** What becomes of instances of classes not registered here: an error unless told otherwise. */
  readonly plainClasses?: PlainClasses;
}

/** Turns a skeleton and its parts into the value again. Throws an {@link ArtifactCorruptError} for one nobody wrote. */
export class Decoder implements Scholar {
  readonly artifact: string;
  readonly parts: PartReader;
  readonly plainClasses: PlainClasses;
  readonly #definitions: () => ReadonlyMap<number, Node>;
  readonly #objects = new Map<number, unknown>();
  readonly #open = new Set<number>();
  #pending: number | undefined;
  #depth = 0;

  constructor(artifact: string, parts: PartReader, { definitions, plainClasses = false }: DecoderOptions) {
    this.artifact = artifact;
    this.parts = parts;
    this.plainClasses = plainClasses;
    this.#definitions = definitions;
  }

  /** The value of the whole skeleton or of one node in it. */
  decode(node: Node): unknown {
    return this.child(node);
  }

  child(node: Node | undefined): unknown {
    if (typeof node !== 'object') return node === undefined ? this.corrupt('lacks a value') : node;
    if (node === null) return node;
    if (++this.#depth > MAX_NODE_DEPTH) this.corrupt('is nested too deeply');
    const value = Array.isArray(node)
      ? this.#array(node)
      : isTag(node)
        ? this.#tagged(node)
        : this.plain(node, {});
    this.#depth--;
    return value;
  }

  /** Fills an object with the values of a node's fields. */
  plain(node: { readonly [key: string]: Node }, target: object): object {
    this.claim(target);
    for (const key of Object.keys(node)) setField(target, key, this.child(node[key]));
    return target;
  }

  claim<T extends object>(object: T): T {
    if (this.#pending !== undefined) this.#objects.set(this.#pending, object);
    this.#pending = undefined;
    return object;
  }

  corrupt(problem: string): never {
    throw new ArtifactCorruptError(this.artifact, 'value.json', problem);
  }

  #array(node: readonly Node[]): unknown[] {
    return DECODERS.items(node, this.claim([]), this);
  }

  #tagged(node: { readonly [key: string]: Node }): unknown {
    const tag = Object.keys(node)[0] ?? '';
    const payload = node[tag] ?? null;
    if (tag === '$def') return this.#define(payload);
    if (tag === '$ref') return this.#refer(payload);
    if (tag === '$object') return this.plain(this.#fields(payload), {});
    if (tag === '$null') return this.plain(this.#fields(payload), Object.create(null));
    const decode = DECODERS.byTag.get(tag);
    if (decode === undefined) return this.corrupt(`has the unknown tag ${JSON.stringify(tag.slice(0, 80))}`);
    const pending = this.#pending;
    const value = decode(payload, this);
    if (pending !== undefined && this.#pending === pending) this.#pending = undefined; // Nothing inside could refer to it.
    return value;
  }

  #fields(payload: Node): { readonly [key: string]: Node } {
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
      return this.corrupt('holds no object');
    return payload;
  }

  #define(payload: Node): unknown {
    const [id, node] = Array.isArray(payload) ? payload : [];
    if (typeof id !== 'number' || node === undefined)
      return this.corrupt('has a definition without a number');
    if (this.#objects.has(id)) return this.#objects.get(id);
    if (this.#open.has(id)) return this.corrupt(`defines object ${id} by itself`);
    this.#open.add(id);
    this.#pending = id;
    const value = this.child(node);
    this.#pending = undefined;
    this.#open.delete(id);
    this.#objects.set(id, value);
    return value;
  }

  // Objects are defined before they are referred to, except when one element is read alone.
  #refer(payload: Node): unknown {
    if (typeof payload !== 'number') return this.corrupt('refers to an object without a number');
    if (this.#objects.has(payload)) return this.#objects.get(payload);
    const node = this.#definitions().get(payload);
    if (node === undefined) return this.corrupt(`refers to object ${payload}, which is not defined`);
    const pending = this.#pending;
    this.#pending = undefined;
    const value = this.#define([payload, node]);
    this.#pending = pending;
    return value;
  }
}

// Tags take up to three levels of JSON for one level of value.
const MAX_NODE_DEPTH = 3 * MAX_DEPTH + 16;

const DECODERS = {
  items: arrayTags.items,
  byTag: new Map<string, TagDecoder>([
    ...Object.entries(arrayTags.tags),
    ...Object.entries(builtinTags),
    ...Object.entries(binaryTags),
    ...Object.entries(classTags),
    ...Object.entries(arrowTags),
    ...Object.entries(fileTags),
  ]),
};

/** All definitions in a skeleton: where the objects stand that are referred to from elsewhere. */
export function definitionsIn(root: Node): Map<number, Node> {
  const found = new Map<number, Node>();
  const left: Node[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const definition = Array.isArray(node) ? undefined : node.$def;
    if (Array.isArray(definition)) {
      const [id, inner] = definition;
      if (typeof id === 'number' && inner !== undefined && !found.has(id)) found.set(id, inner);
    }
    for (const child of Object.values(node)) left.push(child);
  }
  return found;
}
