import type { ExceptionRecord } from '#store';

/** What stands where a secret was. */
export const MASK = '***';

/** A shorter text is part of too much else that is shown to be masked there. */
export const SHORTEST_SECRET = 4;

const isLong = (text: string): boolean => text.length >= SHORTEST_SECRET;

/** Parts of an artifact that are looked at for secrets. */
const MOST_PARTS = 100_000;

/** The values of a run's secret parameters, and where they must not get to. */
export class Secrets {
  /** Longest first: one may begin with another. */
  readonly #texts: readonly string[];
  readonly #bytes: readonly Buffer[];

  constructor(values: Iterable<unknown>) {
    const texts = new Set<string>();
    for (const text of [...values].flatMap((value) => [...stringsIn(value, { keys: false })]).filter(isLong))
      for (const form of [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)]) texts.add(form);
    this.#texts = [...texts].filter((text) => text !== '').sort((a, b) => b.length - a.length);
    this.#bytes = this.#texts.map((text) => Buffer.from(text));
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0;
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
    const { message, stack, cause } = record;
    return {
      ...record,
      message: this.masked(message),
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
    for (const text of stringsIn(value)) if (this.#texts.some((secret) => text.includes(secret))) return true;
    return false;
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

/** The strings of a value, keys too, and its bytes as text. What is too large is looked at in part. */
function* stringsIn(value: unknown, { keys } = { keys: true }): Iterable<string> {
  const seen = new Set<unknown>();
  const parts: unknown[] = [value];
  for (let looked = 0; parts.length > 0 && looked < MOST_PARTS; looked += 1) {
    const part = parts.pop();
    if (typeof part === 'string') yield part;
    else if (typeof part === 'number' || typeof part === 'bigint') yield String(part);
    else if (part instanceof Uint8Array)
      yield Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('latin1');
    else if (typeof part === 'object' && part !== null && !ArrayBuffer.isView(part) && !seen.has(part)) {
      seen.add(part);
      if (part instanceof Error) parts.push(part.message, part.stack, part.cause);
      if (part instanceof Map) parts.push(...part.keys(), ...part.values());
      else if (part instanceof Set) parts.push(...part);
      else if (part instanceof URL) parts.push(part.href);
      else parts.push(...(keys ? Object.keys(part) : []), ...valuesOf(part));
    }
  }
}

/** Members that are values: a getter might do anything. */
function valuesOf(value: object): unknown[] {
  const members = Object.values(Object.getOwnPropertyDescriptors(value));
  return members.flatMap((member) => (member.enumerable && 'value' in member ? [member.value] : []));
}
