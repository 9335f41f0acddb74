import { isDamage } from './damage.ts';

/** The name under which `console.log` and notebooks look for an object's own picture of itself. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

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
