import { ArtifactFile, UnknownInstance } from '#store';
import { NotFoundError } from './errors.ts';
import { type PathPart, printPath, type Stretch, type ValuePath } from './value-path.ts';

/**
 * The part of a value a path leads to. A position or stretch counts array elements, characters, set and map entries, table
 * rows and bytes of files; a key names own properties, string keys of maps and columns of tables. Throws NotFoundError
 * saying how far the path went and what is there; `name` is the address for that message. `from` says how many moves led
 * to the value already.
 */
export function valueAt(value: unknown, path: ValuePath, name: string, from = 0): unknown {
  let current = value;
  for (let depth = from; depth < path.length; depth++) {
    const part = path[depth] as PathPart;
    const known = UnknownInstance.read(current);
    const found = (known && partOf(known.form, part)) ?? partOf(current, part);
    if (!found) throw missing(current, { path, depth, name });
    current = found.value;
  }
  return current;
}

function partOf(holder: unknown, part: PathPart): Found | undefined {
  if (typeof part === 'number') return elementAt(holder, part);
  return typeof part === 'string' ? valueUnder(holder, part) : stretchOf(holder, part);
}

/** Turns a position counted from the end into one counted from the start; undefined when it is out of bounds. */
export function positionIn(length: number, index: number): number | undefined {
  const position = index < 0 ? length + index : index;
  return position >= 0 && position < length ? position : undefined;
}

interface Found {
  readonly value: unknown;
}

/** What an Arrow table and an Arrow vector have; asked for by shape, so that Arrow is not loaded to look at an array. */
interface Columnar {
  readonly numRows?: number;
  readonly length?: number;
  get(index: number): unknown;
  getChild(name: string): unknown;
  slice(from?: number, to?: number): unknown;
  readonly schema?: { readonly fields: readonly { readonly name: string }[] };
}

function elementAt(holder: unknown, index: number): Found | undefined {
  if (isColumnar(holder)) {
    const position = positionIn(holder.numRows ?? holder.length ?? 0, index);
    return position === undefined ? undefined : { value: holder.get(position) };
  }
  const elements = elementsOf(holder);
  const position = elements && positionIn(elements.length, index);
  return position === undefined ? undefined : { value: elements?.[position] };
}

function stretchOf(holder: unknown, { from, to }: Stretch): Found | undefined {
  if (typeof holder === 'string') return { value: [...holder].slice(from, to).join('') };
  if (isColumnar(holder) || holder instanceof ArtifactFile) return { value: holder.slice(from, to) };
  if (ArrayBuffer.isView(holder) && 'slice' in holder)
    return { value: (holder as Uint8Array).slice(from, to) };
  const elements = elementsOf(holder);
  return elements && { value: Array.prototype.slice.call(elements, from, to) };
}

function elementsOf(holder: unknown): ArrayLike<unknown> | undefined {
  if (Array.isArray(holder)) return holder;
  if (typeof holder === 'string' || holder instanceof Set || holder instanceof Map) return [...holder];
  if (ArrayBuffer.isView(holder) && 'length' in holder) return holder as unknown as ArrayLike<unknown>;
  return undefined;
}

function valueUnder(holder: unknown, key: string): Found | undefined {
  if (holder instanceof Map) return holder.has(key) ? { value: holder.get(key) } : undefined;
  if (isColumnar(holder)) {
    const column = holder.getChild(key);
    return column ? { value: column } : undefined;
  }
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) return undefined;
  return { value: (holder as Record<string, unknown>)[key] };
}

function isColumnar(holder: unknown): holder is Columnar {
  return typeof holder === 'object' && holder !== null && 'getChild' in holder && 'get' in holder;
}

interface DeadEnd {
  readonly path: ValuePath;
  readonly depth: number;
  readonly name: string;
}

function missing(holder: unknown, { path, depth, name }: DeadEnd): NotFoundError {
  const part = path[depth] as PathPart;
  const way = path.slice(0, depth);
  const where = way.length > 0 ? `${name}#${printPath(way)}` : name;
  const keys = keysOf(holder);
  const wanted =
    typeof part === 'number'
      ? `element ${part}`
      : typeof part === 'string'
        ? `key ${JSON.stringify(part)}`
        : 'elements';
  return new NotFoundError({
    kind: 'value',
    wanted: typeof part === 'object' ? printPath([part]) : String(part),
    sentence: `${where} is ${describe(holder)} and has no ${wanted}.`,
    known: keys.length > 0 && typeof part === 'string' ? { 'Its keys': keys } : {},
  });
}

function keysOf(holder: unknown): string[] {
  const known = UnknownInstance.read(holder);
  if (known) return keysOf(known.form);
  if (holder instanceof Map) return [...holder.keys()].filter((key) => typeof key === 'string');
  if (isColumnar(holder)) return holder.schema?.fields.map((field) => field.name) ?? [];
  if (typeof holder !== 'object' || holder === null || elementsOf(holder)) return [];
  return Object.keys(holder);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const known = UnknownInstance.read(value);
  if (known) return `an instance of ${known.name}, stored as ${describe(known.form)},`;
  if (isColumnar(value)) return `a table of ${value.numRows ?? value.length} rows`;
  const elements = elementsOf(value);
  if (typeof value === 'string') return `text of ${elements?.length} characters`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  const kind = value.constructor?.name ?? 'object';
  const article = /^[AEIOU]/i.test(kind) ? 'an' : 'a';
  return `${article} ${kind}${elements ? ` of ${elements.length} elements` : ''}`;
}
