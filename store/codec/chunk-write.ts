import { compress } from '../compress.ts';
import type { ObjectId } from '../ids.ts';
import type { ObjectSink } from './objects.ts';

/** A chunk that was stored. */
export interface WrittenChunk {
  readonly id: ObjectId;
  /** It is a zstd frame. */
  readonly compressed: boolean;
}

/** Stores one chunk, as a zstd frame when `tryHard` and that pays. */
export function writeChunk(sink: ObjectSink, bytes: Uint8Array, tryHard: boolean): WrittenChunk {
  // Little data is left to the compression of git objects: loading zstd for it can cost more than it saves.
  if (bytes.length < WORTH_ZSTD) return { id: sink.blob(bytes), compressed: false };
  sink.inspect?.(bytes);
  const frame = tryHard ? compress(bytes) : undefined;
  if (frame === undefined) return { id: sink.blob(bytes, { compressed: true }), compressed: false };
  return { id: sink.blob(frame, { compressed: true, logical: bytes.length }), compressed: true };
}

/** Fewer bytes than this are not made a zstd frame. */
export const WORTH_ZSTD = 16 * 1024;
