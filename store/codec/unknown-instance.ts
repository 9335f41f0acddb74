import { ORDINARY } from './skeleton.ts';

/**
 * Stands for an instance of a class that this process does not have: what is stored of it, as the one property that has the name of the
 * class. For those who only look at values; it makes nothing work that needs the class.
 */
export class UnknownInstance {
  readonly #name: string;
  readonly #form: unknown;

  constructor(name: string, form: unknown) {
    this.#name = name;
    this.#form = form;
    Object.defineProperty(this, name, { value: form, ...ORDINARY });
  }

  /** The name of the class and what is stored of an instance, or undefined for any other value. */
  static read(value: unknown): { readonly name: string; readonly form: unknown } | undefined {
    if (typeof value !== 'object' || value === null || !(#name in value)) return undefined;
    return { name: value.#name, form: value.#form };
  }

  /** How `console.log` shows it: `Money [ 1234, 'EUR' ]`. */
  [Symbol.for('nodejs.util.inspect.custom')](
    depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    if (depth < 0) return `[${this.#name}]`;
    return `${this.#name} ${inspect(this.#form, { ...options, depth: depth - 1 })}`;
  }
}
