import { createHash } from 'node:crypto';
import { MAX_CHUNK } from './codec/limits.ts';

/** Where a chunk ends in the part it is cut from, in bytes from the part's start. */
export type Cut = number;

/** Cuts numeric data every 1 MiB: a number changed in place changes one chunk. */
export function fixedCuts(size: number): Cut[] {
  const cuts: Cut[] = [];
  for (let end = MAX_CHUNK; end < size; end += MAX_CHUNK) cuts.push(end);
  cuts.push(size);
  return cuts;
}

/**
 * Cuts bytes or text where the content says so: bytes inserted or removed change the chunks around them only. FastCDC
 * with normalised chunking (Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data
 * Deduplication", USENIX ATC 2016): no cut in the first 256 KiB, unlikely before 512 KiB, likely after, forced at 1 MiB.
 */
export function contentCuts(bytes: Uint8Array): Cut[] {
  const cuts: Cut[] = [];
  for (let start = 0; start < bytes.length; ) {
    start = nextCut(bytes, start);
    cuts.push(start);
  }
  return cuts;
}

const MIN = 256 * 1024;
const NORMAL = 512 * 1024;

// The gear hash moves left, so its high bits depend on the most bytes; 20 of them are rarer than 16.
const RARE = 0xfffff000 | 0;
const OFTEN = 0xffff0000 | 0;

/**
 * Where the chunk that begins at `start` ends by its content. `bytes` must reach 1 MiB beyond `start`, or to the end of
 * the part.
 */
export function nextCut(bytes: Uint8Array, start: number): Cut {
  const table = gearTable();
  const end = Math.min(bytes.length, start + MAX_CHUNK);
  const normal = Math.min(end, start + NORMAL);
  let at = Math.min(end, start + MIN);
  let hash = 0;
  for (; at < normal; at++) {
    hash = ((hash << 1) + (table[bytes[at] as number] as number)) | 0;
    if ((hash & RARE) === 0) return at + 1;
  }
  for (; at < end; at++) {
    hash = ((hash << 1) + (table[bytes[at] as number] as number)) | 0;
    if ((hash & OFTEN) === 0) return at + 1;
  }
  return end;
}

/**
 * Any table of random numbers serves; this one can be made again anywhere: the first four bytes of SHA-256("gear <i>"). Made at
 * first use: most processes only read.
 */
function gearTable(): Int32Array {
  gear ??= Int32Array.from({ length: 256 }, (_, i) =>
    createHash('sha256').update(`gear ${i}`).digest().readInt32LE(0),
  );
  return gear;
}

let gear: Int32Array | undefined;
