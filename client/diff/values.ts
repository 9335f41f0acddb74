import { ArtifactFile, type ArtifactReader, numberNode, readerOf } from '#store';
import type { UntypedData } from '../data-types.ts';
import { compareArrays, type Numbers } from './arrays.ts';
import { bytesOf, compareBytes } from './bytes.ts';
import type { ChangeKind, ChangeStatus, Detail, Side } from './document.ts';
import { compareJson } from './json.ts';
import type { DiffOptions } from './options.ts';
import { storedTable } from './stored-table.ts';
import { compareTables, type TableLike } from './tables.ts';
import { compareText } from './text.ts';
import { isCloseNumber, isTolerant } from './tolerance.ts';

/** A value of up to so many bytes stands in the document. */
const SMALL = 1024;
/** A string of one line and at most so many characters is compared as a whole. */
const SHORT = 120;

/** A value, read no further than its comparison takes. */
export class ValueSide {
  readonly #reader: ArtifactReader;
  #value: { readonly loaded: unknown } | undefined;

  constructor(reader: ArtifactReader) {
    this.#reader = reader;
  }

  /** A value, or part of one, that stands alone. */
  static of(name: string, value: unknown): ValueSide {
    return new ValueSide(readerOf(name, value));
  }

  get reader(): ArtifactReader {
    return this.#reader;
  }

  /** The value, loaded once; instances of classes that this process lacks as what is stored of them. */
  get value(): UntypedData[string] {
    this.#value ??= { loaded: this.#reader.load({ plainClasses: true }) };
    return this.#value.loaded;
  }

  /** The side as the document shows it. */
  get summary(): Side {
    const { type, digest, size } = this.#reader;
    return { type, digest, size, ...(size <= SMALL ? { value: this.#reader.form } : {}) };
  }

  /** What the value is compared as. Reads the value only when what is recorded of it does not tell. */
  get nature(): Nature {
    const { type, isFile } = this.#reader;
    if (isFile) return { name: 'file', kind: 'file' };
    if (/^(?:Table|RecordBatch) /.test(type)) return { name: 'table', kind: 'table' };
    if (/^(?:Buffer|ArrayBuffer|DataView)\[/.test(type))
      return { name: type.split('[', 1)[0] ?? '', kind: 'bytes' };
    const [typed] = /^(?:Big)?(?:Int|Uint|Float)\d+(?:Clamped)?Array(?=\[)/.exec(type) ?? [];
    if (typed) return { name: typed, kind: 'array' };
    switch (type) {
      case 'string':
        return { name: 'string', kind: isText(this.value as string) ? 'text' : 'string' };
      case 'number':
      case 'bigint':
        return { name: type, kind: 'number' };
      case 'boolean':
        return { name: type, kind: 'boolean' };
      case 'null':
      case 'undefined':
      case 'Date':
        return { name: type, kind: 'other' };
      case 'array[0]':
        return { name: 'empty list', kind: 'json' };
      default:
        return type.startsWith('array[') && (this.#reader.stretch || isListOfNumbers(this.value))
          ? { name: 'list of numbers', kind: 'array' }
          : { name: 'json', kind: 'json' };
    }
  }
}

/** What a value is compared as. Values of two names are of another kind. */
interface Nature {
  readonly name: string;
  readonly kind: ChangeKind;
}

const isText = (value: string): boolean => value.length > SHORT || value.includes('\n');

const isListOfNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.every((item) => typeof item === 'number') &&
  Object.keys(value).length === value.length;

/** How two different values differ. */
export interface ValueChange {
  readonly status: ChangeStatus;
  readonly kind: ChangeKind;
  /** Computed when it is asked for. */
  readonly detail: () => Detail | undefined;
}

/** Compares two values whose digests differ. What it takes to tell the status is read at once, the detail when somebody asks for it. */
export function compareValues(a: ValueSide, b: ValueSide, options: DiffOptions): ValueChange {
  const natures = settled(a.nature, b.nature);
  if (natures === undefined) return { status: 'T', kind: b.nature.kind, detail: () => undefined };
  const { kind } = natures;
  let compared: { readonly isClose: boolean; readonly detail: Detail | undefined } | undefined;
  const result = () => {
    compared ??= compareAs(kind, a, b, options);
    return compared;
  };
  const status = isTolerant(options) && result().isClose ? 'C' : 'M';
  return { status, kind, detail: () => result().detail };
}

/** What both are compared as; undefined when they have nothing in common. */
function settled(a: Nature, b: Nature): Nature | undefined {
  if (a.name === b.name) return a.kind === 'text' ? a : b;
  // An empty list may be one of numbers as well as any other.
  if (a.name === 'empty list' && (b.name === 'list of numbers' || b.name === 'json')) return b;
  if (b.name === 'empty list' && (a.name === 'list of numbers' || a.name === 'json')) return a;
  const areLists = [a, b].every(({ name }) => name === 'list of numbers' || name === 'json');
  return areLists ? { name: 'json', kind: 'json' } : undefined;
}

function compareAs(
  kind: ChangeKind,
  a: ValueSide,
  b: ValueSide,
  options: DiffOptions,
): { readonly isClose: boolean; readonly detail: Detail | undefined } {
  switch (kind) {
    case 'number':
      return compareNumbers(a.value as number | bigint, b.value as number | bigint, options);
    case 'text':
      return { isClose: false, detail: compareText(a.value as string, b.value as string) };
    case 'json':
      return compareJson(a.reader.form, b.reader.form, options);
    case 'array':
      return compareArrays(a.value as Numbers, numbersBeside(a, b), options);
    case 'table':
      return compareStoredTables(a, b, options);
    case 'bytes':
    case 'file':
      return {
        isClose: false,
        detail: compareBytes(storedBytes(a), storedBytes(b), { isFile: kind === 'file' }),
      };
    default:
      return { isClose: false, detail: undefined };
  }
}

/**
 * The numbers of b. Chunks that a stores at the same place are taken from there instead of being read: equal ids are equal bytes.
 */
function numbersBeside(a: ValueSide, b: ValueSide): Numbers {
  const [before, after] = [a.reader.stretch, b.reader.stretch];
  const own = a.value as Numbers;
  if (!before || !after || !ArrayBuffer.isView(own)) return b.value as Numbers;
  const places = new Set(before.chunks.map(placeOf));
  if (!after.chunks.some((chunk) => places.has(placeOf(chunk)))) return b.value as Numbers;
  const known = new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
  const bytes = new Uint8Array(after.size);
  for (const chunk of after.chunks) {
    if (places.has(placeOf(chunk))) bytes.set(known.subarray(chunk.start, chunk.end), chunk.start);
    else {
      let at = chunk.start;
      for (const piece of after.pieces(chunk.start, chunk.end)) {
        bytes.set(piece, at);
        at += piece.length;
      }
    }
  }
  const Typed = own.constructor as new (buffer: ArrayBuffer) => Float64Array;
  return new Typed(bytes.buffer as ArrayBuffer);
}

const placeOf = ({ id, start, end }: { readonly id: string; readonly start: number; readonly end: number }) =>
  `${id} ${start} ${end}`;

/** Columns that both store alike are not read but to name rows. */
function compareStoredTables(a: ValueSide, b: ValueSide, options: DiffOptions) {
  const [before, after] = [storedTable(a.reader), storedTable(b.reader)];
  if (!before || !after) return compareTables(a.value as TableLike, b.value as TableLike, options);
  const marks = new Set(before.marks);
  const names = after.schema.fields.flatMap(({ name }, index) =>
    marks.has(after.marks[index] ?? '') ? [name] : [],
  );
  return compareTables(before, after, options, new Set(names));
}

function compareNumbers(a: number | bigint, b: number | bigint, options: DiffOptions) {
  const isExact = typeof a === 'bigint' && typeof b === 'bigint';
  const delta = isExact ? b - a : Number(b) - Number(a);
  const base = Math.abs(Number(a));
  const relative = base === 0 ? null : numberNode(Number(delta) / base);
  return { isClose: isCloseNumber(a, b, options), detail: { delta: numberNode(delta), relative } };
}

const storedBytes = (side: ValueSide) => bytesOf(side.reader, () => inMemory(side.value));

function inMemory(value: unknown): Uint8Array {
  if (value instanceof ArtifactFile) return value.slice();
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return new Uint8Array(value as ArrayBuffer);
}
