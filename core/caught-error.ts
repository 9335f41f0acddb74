import { types } from 'node:util';
import { describeThrown, fieldOf, isError } from './exceptions.ts';
import { isSecretName, MASK, withoutSecrets } from './secrets-in-text.ts';
import { cutText } from './short-text.ts';

/**
 * What `@catchError` keeps of what was thrown: an Error that can be stored whatever it was. It has the nearest built-in class, name,
 * message and stack; the causes and gathered errors, as many as are of use; and of its other properties those that are plain data and
 * few. What an error of a client carries along to tell of a request (headers, configuration, the request and response
 * themselves) is left out, secrets are masked, and what is left out is named in `leftOut`. Never throws.
 */
export function caughtError(thrown: unknown): Error {
  if (isError(thrown)) return new Report().of(thrown, 0);
  return new Report().of(new Error(`A step threw ${describeThrown(thrown)}, not an Error.`), 0);
}

/** Limits of one report, and of its parts. Its text altogether stays below two megabytes. */
const MOST = { errors: 150, causes: 50, gathered: 100, values: 2000, items: 100, depth: 5 } as const;
const LONGEST = { name: 200, message: 16_384, stack: 32_768, text: 2000, all: 1 << 20 } as const;

/** Properties that are looked at before the others, wherever they stand. */
const FIRST: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause']);

/** Objects under these names tell of a request, of a connection or of settings, and may hold anything. */
const TRANSPORT =
  /^[_$]*(?:raw|http)?_?(?:headers?|trailers?|req|request|res|resp|response|config|configuration|options|opts|agent|socket|connection|client|session|env|environment|context)$/i;

class Report {
  readonly #made = new Map<object, object>();
  #errors = 0;
  #values = 0;
  #characters = 0;

  of(error: object, depth: number): Error {
    const known = this.#made.get(error);
    if (known !== undefined) return known as Error;
    const made = emptyErrorLike(error);
    this.#made.set(error, made);
    this.#errors += 1;
    this.#texts(made, error);
    this.#relatives(made, error, depth);
    const leftOut = this.#others(made, error);
    if (leftOut.length > 0) Object.assign(made, { leftOut });
    return made;
  }

  #texts(made: Error, error: object): void {
    for (const field of ['name', 'message', 'stack'] as const) {
      const value = fieldOf(error, field);
      if (typeof value !== 'string' || (field !== 'stack' && value === made[field])) continue;
      hide(made, field, this.#text(value, LONGEST[field]));
    }
  }

  #relatives(made: Error, error: object, depth: number): void {
    const isFull = depth >= MOST.causes || this.#errors >= MOST.errors;
    for (const field of ['cause', 'error', 'suppressed'] as const) {
      const value = isHiddenIn(error, field) || field === 'cause' ? fieldOf(error, field) : undefined;
      if (value === undefined) continue;
      if (!isError(value)) hide(made, field, this.#plain(value, 1) ?? describeThrown(value));
      else if (isFull && !this.#made.has(value))
        hide(made, field, note('The causes of this error are left out: there are too many.'));
      else hide(made, field, this.of(value, depth + 1));
    }
    const gathered = fieldOf(error, 'errors');
    if (isHiddenIn(error, 'errors') && isList(gathered))
      hide(made, 'errors', this.#gathered(gathered, depth));
  }

  #gathered(list: readonly unknown[], depth: number): unknown[] {
    const kept: unknown[] = [];
    const { length } = list;
    const room = () => kept.length < Math.min(length, MOST.gathered) && this.#errors < MOST.errors;
    while (room()) {
      const value = fieldOf(list, kept.length);
      if (!isError(value)) kept.push(this.#plain(value, 1) ?? describeThrown(value));
      else kept.push(this.of(value, Math.max(depth + 1, MOST.causes - 5)));
    }
    if (kept.length < length) kept.push(note(`${length - kept.length} more errors are left out.`));
    return kept;
  }

  /** Copies the other properties and returns the names of those that cannot be. */
  #others(made: Error, error: object): string[] {
    const leftOut: string[] = [];
    for (const key of keysOf(error)) {
      if (FIRST.has(key)) continue;
      const value = this.#field(key, fieldOf(error, key), 1);
      if (value === undefined) leftOut.push(cutText(key, LONGEST.name));
      else Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return leftOut.slice(0, MOST.items);
  }

  #field(key: string, value: unknown, depth: number): unknown {
    const isObject = typeof value === 'object' && value !== null;
    if (isObject && TRANSPORT.test(key)) return undefined;
    if (isSecretName(key, value)) return MASK;
    return this.#plain(value, depth);
  }

  /** A copy of plain data, cut where it is too much; undefined for anything else. */
  #plain(value: unknown, depth: number): unknown {
    if (++this.#values > MOST.values || depth > MOST.depth) return undefined;
    if (typeof value === 'string') return this.#text(value, LONGEST.text);
    if (typeof value === 'bigint') return value < 1n << 256n && value > -(1n << 256n) ? value : undefined;
    if (typeof value !== 'object')
      return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
    if (value === null) return null;
    if (isError(value)) return this.#errors < MOST.errors ? this.of(value, MOST.causes) : undefined;
    if (types.isDate(value)) return new Date(Date.prototype.getTime.call(value));
    if (isList(value)) return this.#items(value, depth);
    return isPlain(value) ? this.#fields(value, depth) : undefined;
  }

  #items(list: readonly unknown[], depth: number): unknown[] {
    const kept = Array.from({ length: Math.min(list.length, MOST.items) }, (_, i) =>
      this.#plain(fieldOf(list, i), depth + 1),
    );
    if (list.length > MOST.items) kept.push(`… (${list.length - MOST.items} more)`);
    return kept;
  }

  #fields(value: object, depth: number): object {
    const copy: Record<string, unknown> = {};
    for (const key of keysOf(value)) {
      const inner = this.#field(key, fieldOf(value, key), depth + 1);
      if (inner !== undefined)
        Object.defineProperty(copy, key, {
          value: inner,
          enumerable: true,
          configurable: true,
          writable: true,
        });
    }
    return copy;
  }

  #text(text: string, longest: number): string {
    const room = Math.max(LONGEST.name, Math.min(longest, LONGEST.all - this.#characters));
    const short = withoutSecrets(cutText(text, room));
    this.#characters += short.length;
    return short;
  }
}

const note = (message: string): Error => hide(new Error(message), 'stack', `Error: ${message}`);

function hide<T extends object>(target: T, key: string, value: unknown): T {
  return Object.defineProperty(target, key, { value, enumerable: false, configurable: true, writable: true });
}

const KINDS = new Set([
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
  'SuppressedError',
]);

/** An error of the nearest built-in class, of this realm, with nothing of its own. */
function emptyErrorLike(error: object): Error {
  const known: unknown = Reflect.get(globalThis, kindOf(error));
  const maker = typeof known === 'function' ? (known as ErrorConstructor) : Error;
  const made = maker.name === 'AggregateError' ? new AggregateError([]) : new maker();
  for (const key of Reflect.ownKeys(made)) Reflect.deleteProperty(made, key);
  return made;
}

function kindOf(error: object): string {
  let prototype: unknown = prototypeOf(error);
  for (let i = 0; i < 20 && typeof prototype === 'object' && prototype !== null; i++) {
    const maker = fieldOf(prototype, 'constructor');
    const name = typeof maker === 'function' ? fieldOf(maker, 'name') : undefined;
    if (typeof name === 'string' && KINDS.has(name)) return name;
    prototype = prototypeOf(prototype);
  }
  return 'Error';
}

const isPlain = (value: object): boolean => {
  const prototype = prototypeOf(value);
  return prototype === null || (prototype !== undefined && prototypeOf(prototype) === null);
};

/** Undefined when a proxy does not tell. */
function prototypeOf(value: object): object | null | undefined {
  try {
    return Object.getPrototypeOf(value);
  } catch {
    return undefined;
  }
}

function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value) && Number.isSafeInteger(value.length);
  } catch {
    return false;
  }
}

/** Whether an error has a property that listings leave out, as the language gives it. */
function isHiddenIn(error: object, key: string): boolean {
  try {
    return Object.getOwnPropertyDescriptor(error, key)?.enumerable === false;
  } catch {
    return false;
  }
}

function keysOf(value: object): string[] {
  try {
    return Object.keys(value).slice(0, MOST.items);
  } catch {
    return [];
  }
}
