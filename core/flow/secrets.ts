import { inspect, types } from 'node:util';
import type { ExceptionRecord } from '#store';

/** What stands where a secret was. */
export const MASK = '***';

/** A shorter text is part of too much else that is shown to be masked there. */
export const SHORTEST_SECRET = 4;

const isLongText = (part: string | Buffer): part is string =>
  typeof part === 'string' && part.length >= SHORTEST_SECRET;

/** Shorter bytes are found in the encoding of a value, in base64 for one, that has nothing to do with them. */
const CERTAIN_BYTES = 10;

/** Parts of an artifact that are looked at for secrets. */
const MOST_PARTS = 100_000;

/** The values of a run's secret parameters, and where they must not get to. */
export class Secrets {
  /** Longest first: one may begin with another. */
  readonly #texts: readonly string[];
  readonly #bytes: readonly Buffer[];
  /** As 16-bit units. */
  readonly #wide: readonly Buffer[];
  /** Those that other bytes do not hold by chance. */
  readonly #certain: readonly Buffer[];

  constructor(values: Iterable<unknown>) {
    const texts = new Set<string>();
    for (const text of [...values]
      .flatMap((value) => [...stringsAndBytesIn(value, { keys: false })])
      .filter(isLongText))
      for (const form of formsOf(text)) if (form.length >= SHORTEST_SECRET) texts.add(form);
    this.#texts = [...texts].filter((text) => text !== '').sort((a, b) => b.length - a.length);
    this.#bytes = this.#texts.map((text) => Buffer.from(text));
    this.#wide = this.#texts.map((text) => Buffer.from(text, 'utf16le'));
    this.#certain = [...this.#bytes, ...this.#wide].filter(({ length }) => length >= CERTAIN_BYTES);
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** Bytes of the longest form of a secret. */
  get longest(): number {
    return Math.max(0, ...[...this.#bytes, ...this.#wide].map(({ length }) => length));
  }

  /** A text with every secret masked. */
  masked(text: string): string {
    let masked = text;
    for (const secret of this.#texts) masked = masked.replaceAll(secret, MASK);
    return masked;
  }

  /** An exception with every secret masked in what it says. */
  maskedRecord(record: ExceptionRecord): ExceptionRecord {
    if (this.isEmpty) return record;
    const { name, message, code, stack, cause } = record;
    return {
      ...record,
      name: this.masked(name),
      message: this.masked(message),
      ...(code === undefined ? {} : { code: this.masked(code) }),
      ...(stack === undefined ? {} : { stack: this.masked(stack) }),
      ...(cause === undefined ? {} : { cause: this.maskedRecord(cause) }),
    };
  }

  /** Masks a stream of bytes, whose pieces may cut a secret in two: `take` gives what is certain, `end` the rest. */
  stream(): { take(bytes: Buffer): Buffer; end(): Buffer } {
    let rest: Buffer = Buffer.alloc(0);
    return {
      take: (bytes) => {
        if (this.isEmpty) return bytes;
        const masked = this.#maskedBytes(Buffer.concat([rest, bytes]));
        const kept = this.#beginningAtEnd(masked);
        rest = Buffer.from(masked.subarray(masked.length - kept));
        return masked.subarray(0, masked.length - kept);
      },
      end: () => {
        const left = rest;
        rest = Buffer.alloc(0);
        return left;
      },
    };
  }

  /** Whether a value holds a secret as, or within, one of its strings or its bytes. */
  areIn(value: unknown): boolean {
    if (this.isEmpty) return false;
    for (const part of stringsAndBytesIn(value)) {
      const plain = typeof part === 'string' ? decoded(part) : '';
      const isIn =
        typeof part === 'string'
          ? this.#texts.some((secret) => part.includes(secret) || plain.includes(secret))
          : [...this.#bytes, ...this.#wide].some((secret) => part.includes(secret));
      if (isIn) return true;
    }
    return false;
  }

  /** Whether bytes that are about to be stored hold a secret that is too long to be there by chance: names of fields and digests are among them. */
  areInStored(bytes: Uint8Array): boolean {
    if (this.#certain.length === 0) return false;
    const stored = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this.#certain.some((secret) => stored.includes(secret));
  }

  #maskedBytes(bytes: Buffer): Buffer {
    let masked = bytes;
    for (const secret of this.#bytes) {
      if (!masked.includes(secret)) continue;
      const parts: Buffer[] = [];
      let from = 0;
      for (let at = masked.indexOf(secret); at >= 0; at = masked.indexOf(secret, from)) {
        parts.push(masked.subarray(from, at), Buffer.from(MASK));
        from = at + secret.length;
      }
      masked = Buffer.concat([...parts, masked.subarray(from)]);
    }
    return masked;
  }

  /** How many bytes at the end may begin a secret. */
  #beginningAtEnd(bytes: Buffer): number {
    let most = 0;
    for (const secret of this.#bytes) {
      for (let length = Math.min(secret.length - 1, bytes.length); length > most; length -= 1) {
        if (bytes.subarray(bytes.length - length).equals(secret.subarray(0, length))) most = length;
      }
    }
    return most;
  }
}

/** A text as programs write it: in JSON, in URLs and forms, as `console.log` shows it in an object, and in Base64 and hex, also as part of a longer text. */
function formsOf(text: string): string[] {
  const inUrl = encodeURIComponent(text);
  const bytes = Buffer.from(text);
  const forms = [text, JSON.stringify(text).slice(1, -1), inspect(text).slice(1, -1), inUrl];
  forms.push(
    inUrl.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
  );
  forms.push(new URLSearchParams([['', text]]).toString().slice(1));
  forms.push(
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  );
  const hex = bytes.toString('hex');
  const encoded = [hex, hex.toUpperCase(), ...base64Of(bytes, 'base64'), ...base64Of(bytes, 'base64url')];
  return [...forms, ...encoded.filter(({ length }) => length >= SHORTEST_ENCODED)];
}

/** Shorter ones may well be part of something else. */
const SHORTEST_ENCODED = 7;

/** What Base64 has of some bytes at each of the three places that they can stand at, without the characters that depend on bytes around them. */
const base64Of = (bytes: Buffer, encoding: 'base64' | 'base64url'): string[] =>
  [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString(encoding)
      .replace(/=+$/, '');
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(Math.ceil((before * 8) / 6), whole);
  });

/** A text with its percent signs resolved, where that can be done. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** The strings of a value, keys too, and its bytes. What is too large is looked at in part. */
function* stringsAndBytesIn(value: unknown, { keys } = { keys: true }): Iterable<string | Buffer> {
  const seen = new Set<unknown>();
  const parts: unknown[] = [value];
  for (let looked = 0; parts.length > 0 && looked < MOST_PARTS; looked += 1) {
    const part = parts.pop();
    if (typeof part === 'string') yield part;
    else if (typeof part === 'number' || typeof part === 'bigint') yield String(part);
    else if (ArrayBuffer.isView(part)) yield Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    else if (types.isAnyArrayBuffer(part)) yield Buffer.from(part);
    // What a proxy answers is its own affair; it is seen as it is stored.
    else if (typeof part === 'object' && part !== null && !seen.has(part) && !types.isProxy(part)) {
      seen.add(part);
      for (const inner of partsOf(part, keys)) {
        if (parts.length + looked > MOST_PARTS) break;
        parts.push(inner);
      }
    }
  }
}

/** One after the other: there may be millions. */
function* partsOf(value: object, keys: boolean): Iterable<unknown> {
  if (value instanceof Error) yield* [value.name, value.message, value.stack, value.cause];
  if (value instanceof AggregateError) yield value.errors;
  if (value instanceof Map) for (const entry of value) yield* entry;
  else if (value instanceof Set) yield* value;
  else if (value instanceof URL) yield value.href;
  else if (value instanceof String) yield value.valueOf();
  else if (value instanceof RegExp) yield value.source.replaceAll('\\/', '/');
  else if (Array.isArray(value)) yield* value;
  else
    for (const name of Object.keys(value)) {
      if (keys) yield name;
      // A getter might do anything.
      yield Object.getOwnPropertyDescriptor(value, name)?.value;
    }
}
