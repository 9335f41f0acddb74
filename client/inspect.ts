import { inspect } from 'node:util';
import type { ArtifactReader } from '#store';
import { isDamage } from './damage.ts';

/** The name under which `console.log` and notebooks look for an object's own picture of itself. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** The name under which notebooks (Jupyter kernels for Deno and Node) look for what they show of an object, by media type. */
export const DISPLAY: unique symbol = Symbol.for('Jupyter.display') as never;

/** What a notebook shows of an object of the client: its picture, as text and as HTML. */
export function display(object: object): Record<'text/plain' | 'text/html', string> {
  const plain = inspect(object, { depth: 3, colors: false });
  return { 'text/plain': plain, 'text/html': `<pre>${escapeHtml(plain)}</pre>` };
}

/** A text within HTML. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[letter] ?? '&quot;');

/** A value of up to so many bytes is printed, a larger one told by its type and size. */
const PREVIEWED = 512;

/** What is printed of a stored value beside others: the value itself when it is small. It counts as no reading of it. */
export function preview(reader: ArtifactReader): unknown {
  return orDamage(() => {
    const { type, size } = reader;
    const isPlain = size <= PREVIEWED && !/^(?:Table|RecordBatch|Vector|File)/.test(type);
    return isPlain ? reader.load({ plainClasses: 'named' }) : new Verbatim(`<${type}, ${bytesText(size)}>`);
  });
}

/** What node:util hands to a custom picture: its options and itself, so that nothing has to be imported. */
export interface Picture {
  readonly options: object;
  readonly inspect: (value: unknown, options: object) => string;
}

/** An object as `Run ForeachFlow/20261122-104755-123k7 { status: 'successful', … }`. */
export function picture(title: string, fields: object, { options, inspect }: Picture): string {
  return `${title} ${inspect(fields, options)}`;
}

/** A field of a picture; of something damaged what is wrong with it, so that printing a list never fails over one of its items. */
export function orDamage<T>(field: () => T): T | Verbatim {
  try {
    return field();
  } catch (error) {
    if (isDamage(error)) return new Verbatim(`<${error.message}>`);
    throw error;
  }
}

/** Text that node:util prints as it is, without quotes. */
export class Verbatim {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  [INSPECT](): string {
    return this.#text;
  }
}

/** A number of bytes for people: `512 B`, `1.5 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let scaled = bytes;
  let unit = 0;
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${scaled >= 10 || unit === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`;
}
