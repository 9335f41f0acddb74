import { isUtf8 } from 'node:buffer';
import type { ArtifactReader } from '#store';
import { comparedMembers } from './archives.ts';
import type { Bytes } from './byte-source.ts';
import type { BytesDetail } from './document.ts';
import { dimensionsOf, formatOf, range } from './file-facts.ts';
import { compareText } from './text.ts';

/** The bytes of a file, or of a value that is bytes; `load` gives those that lie in no part. */
export function bytesOf(reader: ArtifactReader, load: () => Uint8Array): Bytes {
  const stored = reader.stretch;
  if (stored) return { size: stored.size, stored, pieces: stored.pieces };
  const bytes = load();
  return { size: bytes.length, stored: undefined, pieces: (start, end) => [bytes.subarray(start, end)] };
}

/** What two different stretches of bytes, or the contents of two files, have in common. Chunks that both have at one place are not read. */
export function compareBytes(a: Bytes, b: Bytes, { isFile }: { readonly isFile: boolean }): BytesDetail {
  return {
    ...{ size: [a.size, b.size], shared: sharedBytes(a, b), first: firstDifference(a, b) },
    ...factsOf(a, b, isFile),
  };
}

/** Texts of up to so many bytes are compared by lines, too. */
const LARGEST_TEXT = 1024 * 1024;

/** What can be told of the contents: members of archives, sizes of pictures, lines of files that are texts. */
function factsOf(a: Bytes, b: Bytes, isFile: boolean): Partial<BytesDetail> {
  const [before, after] = [formatOf(a), formatOf(b)];
  if (before === undefined && after === undefined) {
    if (!isFile) return {};
    const [x, y] = [textOf(a), textOf(b)];
    return x !== undefined && y !== undefined ? { text: compareText(x, y) } : {};
  }
  const members = before === after && after !== undefined ? comparedMembers(a, b, after) : undefined;
  const dimensions = [dimensionsOf(a, before) ?? null, dimensionsOf(b, after) ?? null] as const;
  return {
    format: [before ?? null, after ?? null],
    ...(members ? { members } : {}),
    ...(dimensions.some((one) => one !== null) ? { dimensions } : {}),
  };
}

/** The text that bytes are; undefined when they are none, or too many. */
function textOf(bytes: Bytes): string | undefined {
  if (bytes.size > LARGEST_TEXT) return undefined;
  const content = range(bytes, 0, bytes.size);
  return content.includes(0) || !isUtf8(content) ? undefined : content.toString();
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
