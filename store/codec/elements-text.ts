import { isAscii } from 'node:buffer';
import { type Elements, elementsOfText } from './elements.ts';
import type { PartReader } from './part-read.ts';

/** The text of a part. Throws an ArtifactCorruptError when it is none, or not of its kind. */
export function textOfPart(part: number, parts: PartReader): string {
  const { kind } = parts.info(part, 'ascii', 'text', 'utf16');
  const bytes = parts.bytes(part);
  if (kind === 'ascii') return asciiText(bytes, part, parts);
  return stringOf(Buffer.from(bytes.buffer), kind === 'text' ? 'utf8' : 'utf16le', { part, parts });
}

/** A string of bytes. Nothing that was stored is longer than the longest. */
function stringOf(
  bytes: Buffer,
  encoding: 'latin1' | 'utf8' | 'utf16le',
  { part, parts }: { readonly part: number; readonly parts: PartReader },
): string {
  try {
    return bytes.toString(encoding);
  } catch (cause) {
    throw parts.corrupt(`parts/${part}`, 'holds a text longer than the longest string', cause);
  }
}

/**
 * The characters of a text that is a part. Of ASCII a stretch is read alone; of other UTF-8 what lies before it too, chunk
 * by chunk, because only counting says where a character is.
 */
export function elementsOfTextPart(part: number, parts: PartReader): Elements {
  const { kind } = parts.info(part, 'ascii', 'text', 'utf16');
  const size = parts.size(part);
  if (kind === 'ascii') {
    const slice = (start: number, end: number) => asciiText(parts.range(part, start, end), part, parts);
    return { length: size, element: (index) => slice(index, index + 1), slice };
  }
  if (kind === 'utf16') return elementsOfText(() => textOfPart(part, parts));
  let length: number | undefined;
  const slice = (start: number, end: number) => {
    const [from, to] = [start, end].map((count) => byteOfCharacter(part, parts, count));
    return Buffer.from(parts.range(part, from ?? 0, to ?? size).buffer).toString('utf8');
  };
  return {
    get length() {
      length ??= countCharacters(part, parts);
      return length;
    },
    element: (index) => slice(index, index + 1),
    slice,
  };
}

function asciiText(bytes: Uint8Array, part: number, parts: PartReader): string {
  if (!isAscii(bytes)) throw parts.corrupt(`parts/${part}`, 'is not ASCII');
  return stringOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 'latin1', { part, parts });
}

// In UTF-8 every byte but those that begin with the bits 10 begins a character.
const begins = (byte: number | undefined): boolean => ((byte ?? 0) & 0xc0) !== 0x80;

function countCharacters(part: number, parts: PartReader): number {
  let count = 0;
  for (const piece of parts.pieces(part, 0, parts.info(part).size)) {
    for (let i = 0; i < piece.length; i++) if (begins(piece[i])) count++;
  }
  return count;
}

/** Where in a part of UTF-8 the character begins that `count` others stand before; its end when there are no more. */
function byteOfCharacter(part: number, parts: PartReader, count: number): number {
  const { size } = parts.info(part);
  let at = 0;
  let left = count;
  for (const piece of parts.pieces(part, 0, size)) {
    for (let i = 0; i < piece.length; i++) if (begins(piece[i]) && left-- === 0) return at + i;
    at += piece.length;
  }
  return size;
}
