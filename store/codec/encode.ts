import { types } from 'node:util';
import { encodeArrow } from './arrow-encode.ts';
import { arrowShape } from './arrow-shape.ts';
import { encodeArray } from './encode-array.ts';
import { BinaryEncoder } from './encode-binary.ts';
import { encodeBuiltin, isMisplaced } from './encode-builtin.ts';
import { encodeInstance } from './encode-class.ts';
import { encodePrimitive } from './encode-leaf.ts';
import { isUnstorable, reasonOf, UnstorableError } from './errors.ts';
import { encodeFile, isFile } from './file-encode.ts';
import { MAX_DEPTH } from './limits.ts';
import type { PartWriter } from './part-write.ts';
import { type PathStep, pathText } from './path.ts';
import { className, isBuiltinPrototype, isObjectPrototype } from './prototypes.ts';
import { registeredFor } from './registry.ts';
import type { Scribe } from './scribe.ts';
import { type Holder, isTag, type Node, setField } from './skeleton.ts';
import { readOnce } from './snapshot.ts';
import type { Survey } from './survey.ts';

/** A skeleton and whether anything in it is referred to from somewhere else in it. */
export interface Skeleton {
  readonly node: Node;
  readonly shares: boolean;
}

/**
 * Turns any storable value into a skeleton, a JSON value with tags, and parts. One walk; an object met again becomes a
 * reference, so shared references and cycles keep their identity. Whatever may answer differently when asked again, such as
 * a getter or an element of a proxy, is asked once. Throws an {@link UnstorableError} with the path. `numbers` is what a survey
 * has read already.
 */
export function encodeSkeleton(
  artifact: string,
  value: unknown,
  parts: PartWriter,
  numbers: Survey['numbers'] = new Map(),
): Skeleton {
  return new Encoder(artifact, parts, numbers).encode(value);
}

/** Where the node of an object stands in the skeleton; `id` is given to it once something refers to it. */
interface Place {
  readonly holder: Holder;
  readonly key: string | number;
  id: number | undefined;
  /** `filling` while its parts are being encoded, `sealed` when nothing inside may refer back to it meanwhile. */
  state: 'filling' | 'sealed' | 'done';
}

class Encoder implements Scribe {
  readonly parts: PartWriter;
  readonly #artifact: string;
  readonly #numbers: Survey['numbers'];
  readonly #steps: PathStep[] = [];
  readonly #places = new Map<object, Place>();
  readonly #binary: BinaryEncoder;
  #ids = 0;
  /** How to take back what was done in the attempts going on, oldest first; undefined when there is none. */
  #undos: (() => void)[] | undefined;

  constructor(artifact: string, parts: PartWriter, numbers: Survey['numbers']) {
    this.parts = parts;
    this.#artifact = artifact;
    this.#numbers = numbers;
    this.#binary = new BinaryEncoder(parts, () => this.#ids++);
  }

  encode(value: unknown): Skeleton {
    const root: Holder = { value: null };
    try {
      this.#encodeInto(root, 'value', value);
      this.#binary.finish((buffer) => this.#identify(buffer), this);
    } catch (error) {
      if (this.parts.failed || isUnstorable(error)) throw error;
      throw this.#unstorable(`cannot be read: ${reasonOf(error)}`, error);
    }
    return { node: root.value as Node, shares: this.#ids > 0 };
  }

  // The steps are not popped when something throws: they are the path to it.
  put(holder: Holder, key: string | number, value: unknown, step: PathStep): void {
    this.#steps.push(step);
    this.#encodeInto(holder, key, value);
    this.#steps.pop();
  }

  putProperties(holder: Holder, source: object, without: readonly string[] = []): void {
    this.refuseSymbolKeys(source);
    for (const key of Object.keys(source)) {
      if (without.includes(key)) continue;
      this.#steps.push(key);
      this.#encodeInto(holder, key, source[key as keyof typeof source]);
      this.#steps.pop();
    }
  }

  refuseSymbolKeys(source: object): void {
    for (const symbol of Object.getOwnPropertySymbols(source)) {
      if (!Object.prototype.propertyIsEnumerable.call(source, symbol)) continue;
      this.fail(`has the key ${String(symbol)}; only text keys can be stored`);
    }
  }

  attempt(holder: Holder, key: string | number, value: unknown, step: PathStep): boolean {
    const isOutermost = this.#undos === undefined;
    this.#undos ??= [];
    const undos = this.#undos;
    const before = { undos: undos.length, ids: this.#ids, steps: this.#steps.length };
    const parts = this.parts.hold();
    try {
      this.put(holder, key, value, step);
    } catch (error) {
      if (this.parts.failed) throw error;
      while (undos.length > before.undos) undos.pop()?.();
      this.#ids = before.ids;
      this.#steps.length = before.steps;
      parts.takeBack();
      return false;
    } finally {
      if (isOutermost) this.#undos = undefined;
    }
    parts.keep();
    return true;
  }

  onTakeBack(undo: () => void): void {
    this.#undos?.push(undo);
  }

  numbersOf(list: object): Float64Array<ArrayBuffer> | undefined {
    return this.#numbers.get(list);
  }

  get steps(): readonly PathStep[] {
    return this.#steps;
  }

  fail(reason: string, step?: PathStep | readonly PathStep[]): never {
    if (Array.isArray(step)) this.#steps.splice(0, this.#steps.length, ...step);
    else if (step !== undefined) this.#steps.push(step as PathStep);
    throw this.#unstorable(reason);
  }

  #unstorable(reason: string, cause?: unknown): UnstorableError {
    const options = cause === undefined ? undefined : { cause };
    return new UnstorableError(this.#artifact, pathText(this.#artifact, this.#steps), reason, options);
  }

  #encodeInto(holder: Holder, key: string | number, value: unknown): void {
    if (typeof value === 'object' && value !== null) {
      this.#encodeObject(holder, key, value);
      return;
    }
    const node = encodePrimitive(value, this.parts);
    setField(holder, key, node === undefined ? this.fail(`is a ${typeof value}`) : node);
  }

  #encodeObject(holder: Holder, key: string | number, value: object): void {
    const known = this.#places.get(value);
    if (known !== undefined) {
      setField(holder, key, { $ref: this.#refer(known) });
      return;
    }
    if (this.#steps.length >= MAX_DEPTH) this.fail(`is nested more than ${MAX_DEPTH} levels deep`);
    const place: Place = { holder, key, id: undefined, state: 'filling' };
    this.#places.set(value, place);
    if (this.#undos !== undefined) this.onTakeBack(() => this.#places.delete(value));
    const node = this.#nodeOf(types.isProxy(value) ? readOnce(value) : value, place);
    setField(holder, key, place.id === undefined ? node : { $def: [place.id, node] });
    place.state = 'done';
  }

  #refer(place: Place): number {
    if (place.state === 'sealed')
      this.fail('refers back to an object that is still being encoded; a custom codec cannot contain cycles');
    if (place.id === undefined) {
      place.id = this.#ids++;
      const { holder, key } = place;
      const node = holder[key] ?? null;
      if (place.state === 'done') setField(holder, key, { $def: [place.id, node] });
      this.onTakeBack(() => {
        place.id = undefined;
        if (place.state === 'done') setField(holder, key, node);
      });
    }
    return place.id;
  }

  // The id of an ArrayBuffer that is a value itself.
  #identify(buffer: object): number | undefined {
    const place = this.#places.get(buffer);
    return place === undefined ? undefined : this.#refer(place);
  }

  #nodeOf(value: object, place: Place): Node {
    const prototype: object | null = Object.getPrototypeOf(value);
    if (prototype === null) return this.#plain(value, '$null');
    if (prototype === Object.prototype) return this.#plain(value);
    const registered = registeredFor(prototype);
    if (registered !== undefined) {
      if (registered.codec !== undefined) place.state = 'sealed';
      return encodeInstance(value, registered, this);
    }
    if (Array.isArray(value) && isBuiltinPrototype(prototype, 'Array')) return encodeArray(value, this);
    if (isObjectPrototype(prototype)) return this.#plain(value);
    const arrow = arrowShape(value);
    if (arrow !== undefined) return encodeArrow(arrow, this);
    if (isFile(value)) return { $File: encodeFile(value, this) };
    const node = this.#binary.encode(value, this) ?? encodeBuiltin(value, this);
    if (node !== undefined) return node;
    if (types.isPromise(value)) return this.fail('is a Promise: did you forget await?');
    if (('pipe' in value && 'read' in value) || 'getReader' in value)
      return this.fail('is a stream: store it with artifactFile(stream)');
    return this.#refuseInstance(value);
  }

  #plain(value: object, tag?: '$null'): Node {
    const fields: Record<string, Node> = {};
    this.putProperties(fields, value);
    if ((tag !== undefined || isEmpty(fields)) && isMisplaced(value))
      this.fail('is of a built-in class and has lost its prototype');
    if (tag !== undefined) return { [tag]: fields };
    return isTag(fields) ? { $object: fields } : fields;
  }

  #refuseInstance(value: object): never {
    if (types.isSymbolObject(value)) return this.fail('is a symbol');
    const name = className(value);
    if (/^Weak(Map|Set|Ref)$/.test(name)) return this.fail(`is a ${name}, whose content cannot be listed`);
    const hint = typeof Reflect.get(value, 'toJSON') === 'function' ? ', such as its toJSON() gives' : '';
    return this.fail(
      `is an instance of ${name}: store plain data${hint}, or make it storable with registerCodec(${name})`,
    );
  }
}

function isEmpty(fields: object): boolean {
  for (const _ in fields) return false;
  return true;
}
