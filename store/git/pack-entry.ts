import { MalformedObjectError } from './errors.ts';
import type { ObjectType } from './object.ts';

/** What precedes the zlib stream of an object in a pack. `size` counts inflated bytes, of the delta if it is one. */
export type EntryHeader = { readonly size: number /** Bytes of this header. */; readonly length: number } & (
  | { readonly kind: ObjectType }
  | {
      readonly kind: 'offset-delta' /** How far back in the pack the base begins. */;
      readonly distance: number;
    }
  | { readonly kind: 'id-delta'; readonly base: Buffer }
);

/** No header is longer: ten bytes of size, then a base of at most twenty bytes. */
export const MAX_ENTRY_HEADER = 32;

// Numbers of git's pack format; 6 is an offset delta, 7 an id delta.
const TYPE_NUMBER = { commit: 1, tree: 2, blob: 3, tag: 4 } as const satisfies Record<ObjectType, number>;
const TYPE_NAME = [undefined, 'commit', 'tree', 'blob', 'tag'] as const;

/** Writes the header of an undeltified object into `target` at `at` and returns where it ends. */
export function writeEntryHeader(target: Uint8Array, at: number, type: ObjectType, size: number): number {
  let byte = (TYPE_NUMBER[type] << 4) | (size % 16);
  let rest = Math.floor(size / 16);
  let end = at;
  while (rest > 0) {
    target[end++] = byte | 0x80;
    byte = rest % 128;
    rest = Math.floor(rest / 128);
  }
  target[end++] = byte;
  return end;
}

/** How long the header is that {@link writeEntryHeader} writes for an object of `size` bytes. */
export function entryHeaderLength(size: number): number {
  let length = 1;
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

/** Reads the header at the start of `bytes`. Throws a {@link MalformedObjectError} when it is cut short or unknown. */
export function readEntryHeader(bytes: Buffer): EntryHeader {
  let at = 0;
  let byte = byteAt(bytes, at++);
  const number = (byte >> 4) & 7;
  let size = byte & 15;
  let unit = 16;
  while (byte & 0x80) {
    byte = byteAt(bytes, at++);
    size += (byte & 0x7f) * unit;
    unit *= 128;
    if (size > Number.MAX_SAFE_INTEGER) throw malformed('its size is out of range');
  }
  if (number === 6) {
    const [distance, length] = readDistance(bytes, at);
    return { kind: 'offset-delta', size, distance, length };
  }
  if (number === 7) {
    if (bytes.length < at + 20) throw malformed('it is cut short');
    return { kind: 'id-delta', size, base: bytes.subarray(at, at + 20), length: at + 20 };
  }
  const kind = TYPE_NAME[number];
  if (kind === undefined) throw malformed(`its type ${number} is unknown`);
  return { kind, size, length: at };
}

// Seven bits a byte, most significant first; each continuation adds one, so that no number has two spellings.
function readDistance(bytes: Buffer, start: number): [distance: number, end: number] {
  let at = start;
  let byte = byteAt(bytes, at++);
  let distance = byte & 0x7f;
  while (byte & 0x80) {
    byte = byteAt(bytes, at++);
    distance = (distance + 1) * 128 + (byte & 0x7f);
    if (distance > Number.MAX_SAFE_INTEGER) throw malformed('its base is out of range');
  }
  return [distance, at];
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw malformed('it is cut short');
  return byte;
}

function malformed(problem: string): MalformedObjectError {
  return new MalformedObjectError('pack entry', problem);
}
