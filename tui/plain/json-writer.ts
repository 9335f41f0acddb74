import { types } from 'node:util';
import { ArtifactFile } from '#client';
import { isTable, isVector, rowAt } from './columnar.ts';
import {
  asPlain,
  bytesOf,
  escapedString,
  fieldsOf,
  isPlain,
  leafOf,
  simpleText,
  sliceOf,
} from './json-parts.ts';
import { pathOf, Repeats, type Visit } from './repeats.ts';

/** Characters of a piece. */
const PIECE = 64 * 1024;

/** A value nests deeper than anything Oxbow stores: the store was made by something else. */
export class TooDeepError extends Error {
  readonly code = 'TooDeepError';

  constructor() {
    super(
      `The value is nested more than ${MAX_DEPTH} levels deep and cannot be printed. Name a part of it, as in #a.b[0].`,
    );
  }

  override get name(): string {
    return this.code;
  }
}

/** Values nest up to 500 levels; rows, errors and boxes take more than one of JSON for one of theirs. */
const MAX_DEPTH = 2000;

/** A container, or a long string, that is being written. */
interface Frame {
  readonly end: string;
  readonly isContainer: boolean;
  /** Items written. */
  count: number;
  /** Writes the next item, or another part of the string; false when there is none. */
  readonly next: (frame: Frame) => boolean;
}

/** Writes a value as JSON, item by item: nothing is built whole, and nesting takes no stack. */
export class JsonWriter {
  readonly #indent: number;
  readonly #onReference: (() => void) | undefined;
  readonly #repeats = new Repeats();
  readonly #frames: Frame[] = [];
  #text = '';

  constructor(indent: number, onReference: (() => void) | undefined) {
    this.#indent = indent;
    this.#onReference = onReference;
  }

  /** There is a piece to be taken. */
  get isFull(): boolean {
    return this.#text.length >= PIECE;
  }

  /** What has been written since it was asked last. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** Writes some more; false when everything has been written. */
  step(): boolean {
    const frame = this.#frames.at(-1);
    if (!frame) return false;
    while (!this.isFull && this.#frames.at(-1) === frame) {
      if (frame.next(frame)) continue;
      this.#frames.pop();
      if (frame.count > 0) this.#text += this.#lineBreak();
      this.#text += frame.end;
      if (frame.isContainer) this.#repeats.leave();
    }
    return true;
  }

  /** Begins a value; `key` is its place in what is around it. */
  write(value: unknown, key: string | number): void {
    if (typeof value === 'string') this.#string(value);
    else if (typeof value === 'symbol') this.#string(value.description ?? '');
    else if (typeof value === 'object' && value !== null) this.#object(value, key);
    else if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
      this.#text += `"${value}"`;
    else if (typeof value === 'number' || typeof value === 'boolean') this.#text += value;
    else this.#text += 'null';
  }

  #string(text: string): void {
    if (text.length <= PIECE) this.#text += escapedString(text);
    else this.#long(text.length, (from) => sliceOf(text, from, PIECE));
  }

  #bytes(bytes: Uint8Array): void {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // Three bytes are four characters: no padding within.
    const size = PIECE - (PIECE % 3);
    this.#long(all.length, (from) => [
      all.toString('base64', from, Math.min(all.length, from + size)),
      from + size,
    ]);
  }

  #long(length: number, slice: (from: number) => readonly [shown: string, to: number]): void {
    let at = 0;
    const next = (): boolean => {
      if (at >= length) return false;
      const [shown, to] = slice(at);
      this.#text += shown;
      at = to;
      return true;
    };
    this.#text += '"';
    this.#frames.push({ end: '"', isContainer: false, count: 0, next });
  }

  #object(value: object, key: string | number): void {
    if (isPlain(value)) this.#visit(value, key);
    else this.#other(value, key);
  }

  #other(value: object, key: string | number): void {
    const leaf = leafOf(value);
    const bytes = bytesOf(value);
    if (leaf !== undefined) this.#string(leaf);
    else if (bytes) this.#bytes(bytes);
    else if (types.isBoxedPrimitive(value)) this.write(value.valueOf(), key);
    else this.#visit(value, key);
  }

  #visit(value: object, key: string | number): void {
    const simple = simpleText(value, this.#indent);
    if (simple !== undefined) {
      this.#repeats.count(simple.items);
      this.#text += this.#indent === 0 ? simple.text : simple.text.replaceAll('\n', this.#lineBreak());
      return;
    }
    const visit = this.#repeats.enter(value, key);
    if ('refersTo' in visit) this.#refer(visit.refersTo);
    else this.#begin(value);
  }

  #refer(visit: Visit): void {
    if (!visit.isOpen) this.#onReference?.();
    const frame = this.#fields([['$ref', `#${pathOf(visit)}`] as const].values());
    this.#text += '{';
    this.#frames.push({ ...frame, isContainer: false });
  }

  #begin(value: object): void {
    if (this.#frames.length >= MAX_DEPTH) throw new TooDeepError();
    const frame = this.#frameOf(value);
    this.#text += frame.end === ']' ? '[' : '{';
    this.#frames.push(frame);
  }

  #frameOf(value: object): Frame {
    if (Array.isArray(value)) return this.#list(value.length, (index) => value[index]);
    if (types.isTypedArray(value)) return this.#list(value.length, (index) => value[index]);
    if (isTable(value)) return this.#list(value.numRows, (index) => rowAt(value, index));
    if (isVector(value)) return this.#list(value.length, (index) => value.get(index));
    if (types.isSet(value)) return this.#items(value.values());
    if (types.isMap(value)) return this.#map(value);
    if (types.isNativeError(value)) return this.#fields(fieldsOf(asPlain(value)));
    return this.#fields(fieldsOf(value instanceof ArtifactFile ? value.toJSON() : value));
  }

  #map(map: ReadonlyMap<unknown, unknown>): Frame {
    for (const key of map.keys()) if (typeof key !== 'string') return this.#items(map.entries());
    return this.#fields((map as ReadonlyMap<string, unknown>).entries());
  }

  #list(length: number, itemAt: (index: number) => unknown): Frame {
    return container(']', (frame) => {
      const index = frame.count;
      if (index >= length) return false;
      this.#item(frame);
      this.write(itemAt(index), index);
      return true;
    });
  }

  #items(items: Iterator<unknown>): Frame {
    return container(']', (frame) => {
      const { done, value } = items.next();
      if (done) return false;
      const index = frame.count;
      this.#item(frame);
      this.write(value, index);
      return true;
    });
  }

  #fields(fields: Iterator<readonly [string, unknown]>): Frame {
    return container('}', (frame) => {
      const { done, value: field } = fields.next();
      if (done) return false;
      const [key, value] = field;
      // Left out, as by JSON.stringify.
      if (value === undefined || typeof value === 'function') return true;
      this.#item(frame);
      this.#text += `${escapedString(key)}:${this.#indent > 0 ? ' ' : ''}`;
      this.write(value, key);
      return true;
    });
  }

  /** What stands before an item. */
  #item(frame: Frame): void {
    if (frame.count > 0) this.#text += ',';
    this.#text += this.#lineBreak();
    frame.count += 1;
    this.#repeats.count();
  }

  #lineBreak(): string {
    return this.#indent === 0 ? '' : `\n${' '.repeat(this.#indent * this.#frames.length)}`;
  }
}

const container = (end: ']' | '}', next: Frame['next']): Frame => ({
  end,
  isContainer: true,
  count: 0,
  next,
});
