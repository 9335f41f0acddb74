import type { ObjectId } from '../ids.ts';
import { ObjectCorruptError } from './errors.ts';
import { type GitObject, type ObjectType, objectIdOf } from './object.ts';
import { entryHeaderLength } from './pack-entry.ts';
import { deflate, inflate, type ZlibLevel } from './zlib-stream.ts';

/**
 * An object ready to be appended to a pack as it is: workers make them, the scheduler only copies bytes. Plain data,
 * so it can be sent between threads and processes.
 */
export interface PackedObject {
  readonly id: ObjectId;
  readonly type: ObjectType;
  /** Bytes of the body before compression. */
  readonly size: number;
  /** The body as a zlib stream. */
  readonly deflated: Uint8Array;
  /** Bytes of a value that the body holds, when it is a zstd frame. */
  readonly logical?: number;
}

/** What an object weighs. */
export interface ObjectWeight {
  readonly id: ObjectId;
  /** Bytes in a pack: the entry's header and the zlib stream. */
  readonly bytes: number;
  /** Bytes of a value that it holds, uncompressed: of a tree none. */
  readonly logical: number;
}

/** What an object weighs. */
export function weightOf({ id, type, size, deflated, logical }: PackedObject): ObjectWeight {
  const bytes = entryHeaderLength(size) + deflated.byteLength;
  return { id, bytes, logical: logical ?? (type === 'blob' ? size : 0) };
}

/**
 * Names and compresses an object. Without a level, tiny bodies are stored and others compressed for speed; give 0 for
 * bytes that are compressed already.
 */
export function packObject(type: ObjectType, body: Uint8Array, level?: ZlibLevel): PackedObject {
  const chosen = level ?? (body.length < STORED_BELOW[type] ? 0 : 1);
  return { id: objectIdOf(type, body), type, size: body.length, deflated: deflate(body, chosen) };
}

/** The object again. Throws an {@link ObjectCorruptError} when the bytes do not inflate to what `id` names. */
export function unpackObject(packed: PackedObject): GitObject {
  const result = inflate(packed.deflated, packed.size);
  if (result.status !== 'done') {
    const problem = result.status === 'short' ? 'its zlib stream ends early' : result.problem;
    throw new ObjectCorruptError(packed.id, `the copy in memory: ${problem}`);
  }
  if (objectIdOf(packed.type, result.body) !== packed.id) {
    throw new ObjectCorruptError(packed.id, 'the copy in memory has another content');
  }
  return { type: packed.type, body: result.body };
}

// Below these sizes zlib's start-up buys some fifty bytes; trees shrink least, being mostly hashes
// (store/git/zlib-stream.bench.ts).
const STORED_BELOW = { blob: 128, commit: 128, tag: 128, tree: 512 } as const satisfies Record<
  ObjectType,
  number
>;
