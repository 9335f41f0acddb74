declare const kind: unique symbol;

/** Name of a git object: 40 lower-case hex digits, the SHA-1 of its header and body. */
export type ObjectId = string & { readonly [kind]: 'ObjectId' };

/** Identity of a value: 64 lower-case hex digits, the SHA-256 of its canonical uncompressed encoding. */
export type Digest = string & { readonly [kind]: 'Digest' };

/** Turns text into an {@link ObjectId}; throws a TypeError when it is not 40 lower-case hex digits. */
export function parseObjectId(text: string): ObjectId {
  if (/^[0-9a-f]{40}$/.test(text)) return text as ObjectId;
  throw new TypeError(`"${text}" is not an object id: expected 40 lower-case hex digits.`);
}

/** Turns text into a {@link Digest}; throws a TypeError when it is not 64 lower-case hex digits. */
export function parseDigest(text: string): Digest {
  if (/^[0-9a-f]{64}$/.test(text)) return text as Digest;
  throw new TypeError(`"${text}" is not a digest: expected 64 lower-case hex digits.`);
}
