import type { ArtifactReader, StoredStretch } from '#store';
import type { BytesDetail } from './document.ts';

/** Bytes that are compared: by the chunks they are stored in, where they are, else in memory. */
export interface Bytes {
  readonly size: number;
  readonly stored: StoredStretch | undefined;
  /** The bytes from `start` up to `end`, a piece at a time. */
  pieces(start: number, end: number): Iterable<Uint8Array>;
}

/** The bytes of a file, or of a value that is bytes; `load` gives those that lie in no part. */
export function bytesOf(reader: ArtifactReader, load: () => Uint8Array): Bytes {
  const stored = reader.stretch;
  if (stored) return { size: stored.size, stored, pieces: stored.pieces };
  const bytes = load();
  return { size: bytes.length, stored: undefined, pieces: (start, end) => [bytes.subarray(start, end)] };
}

/** What two different stretches of bytes have in common. Chunks that both have at one place are not read. */
export function compareBytes(a: Bytes, b: Bytes): BytesDetail {
  return { size: [a.size, b.size], shared: sharedBytes(a, b), first: firstDifference(a, b) };
}

function sharedBytes(a: Bytes, b: Bytes): number {
  const known = new Set(a.stored?.chunks.map(({ id }) => id));
  const common = b.stored?.chunks.filter(({ id }) => known.has(id)) ?? [];
  return common.reduce((sum, { start, end }) => sum + end - start, 0);
}

function firstDifference(a: Bytes, b: Bytes): number | null {
  const both = Math.min(a.size, b.size);
  for (let at = commonStart(a, b); at < both; ) {
    const [x] = a.pieces(at, both);
    const [y] = b.pieces(at, both);
    if (!x || !y) break;
    const length = Math.min(x.length, y.length);
    const difference = differenceIn(x.subarray(0, length), y.subarray(0, length));
    if (difference >= 0) return at + difference;
    at += length;
  }
  return a.size === b.size ? null : both;
}

/** The end of the chunks that both begin with. */
function commonStart(a: Bytes, b: Bytes): number {
  let end = 0;
  for (const [index, chunk] of (a.stored?.chunks ?? []).entries()) {
    if (b.stored?.chunks[index]?.id !== chunk.id) break;
    end = chunk.end;
  }
  return Math.min(end, a.size, b.size);
}

function differenceIn(x: Uint8Array, y: Uint8Array): number {
  if (Buffer.compare(x, y) === 0) return -1;
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return i;
  return -1;
}
