import { crc32 } from 'node:zlib';
import { compress } from '../compress.ts';
import { objectIdOf } from '../git/object.ts';
import { writeEntryHeader } from '../git/pack-entry.ts';
import { writeStored } from '../git/zlib-stream.ts';
import type { ObjectId } from '../ids.ts';

/** A chunk as a pack holds it. */
export interface ChunkEntry {
  readonly id: ObjectId;
  /** The blob is a zstd frame. */
  readonly compressed: boolean;
  /** CRC-32 of `bytes`. */
  readonly crc: number;
  /** The entry: header and zlib stream. */
  readonly bytes: Uint8Array;
}

/** Makes a pack entry of a chunk in `room`, of a zstd frame when `hard` says to try and that pays. */
export function makeChunkEntry(chunk: Uint8Array, hard: boolean, room: Uint8Array): ChunkEntry {
  const frame = hard ? compress(chunk) : undefined;
  const body = frame ?? chunk;
  const end = writeStored(room, writeEntryHeader(room, 0, 'blob', body.length), body);
  const bytes = room.subarray(0, end);
  return { id: objectIdOf('blob', body), compressed: frame !== undefined, crc: crc32(bytes), bytes };
}
