import type { Digest, ObjectId } from '../ids.ts';

/** What a part's bytes are. It decides how a large part is cut into chunks, and how a text is read. */
export type PartKind = 'numeric' | 'bytes' | 'ascii' | 'text' | 'utf16' | 'json';

/** Every kind of part. */
export const PART_KINDS: readonly PartKind[] = ['numeric', 'bytes', 'ascii', 'text', 'utf16', 'json'];

/** A part as value.json lists it: nothing here depends on compression or chunking. */
export interface PartInfo {
  readonly kind: PartKind;
  /** Bytes, uncompressed. */
  readonly size: number;
  /** SHA-256 of the uncompressed bytes. */
  readonly digest: Digest;
}

/** A part that is in the store, whatever its number is going to be. */
export interface WrittenPart {
  readonly info: PartInfo;
  /** A blob, or the tree of its chunks. */
  readonly mode: '100644' | '40000';
  readonly id: ObjectId;
  /** It is one blob and that is a zstd frame. */
  readonly compressed: boolean;
}

/** Name of a part in `parts/`, a blob or, when it has chunks, a tree. */
export const partName = (index: number, compressed: boolean): string =>
  compressed ? `${index}.zst` : `${index}`;

/** Name of a chunk: where it starts in the part, so that any chunk is found from the listing alone. */
export const chunkName = (offset: number, compressed: boolean): string =>
  String(offset).padStart(12, '0') + (compressed ? '.zst' : '');

/** The number and compression a name in `parts/` stands for, or undefined. */
export function parsePartName(name: string): { index: number; compressed: boolean } | undefined {
  const match = /^(0|[1-9]\d{0,8})(\.zst)?$/.exec(name);
  return match ? { index: Number(match[1]), compressed: match[2] !== undefined } : undefined;
}

/** The offset and compression a chunk's name stands for, or undefined. */
export function parseChunkName(name: string): { offset: number; compressed: boolean } | undefined {
  const match = /^(\d{12})(\.zst)?$/.exec(name);
  return match ? { offset: Number(match[1]), compressed: match[2] !== undefined } : undefined;
}
