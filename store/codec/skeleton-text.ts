import { isAscii, isUtf8 } from 'node:buffer';
import { errorCode } from '../atomic-file.ts';
import { checkHeap } from '../limits.ts';
import { ArtifactCorruptError } from './errors.ts';
import { jsonText } from './json-text.ts';
import { SMALL_TEXT } from './limits.ts';
import type { PartReader } from './part-read.ts';
import type { PartWriter } from './part-write.ts';
import { ROWS, rowsText } from './rows-text.ts';
import type { Node } from './skeleton.ts';

/**
 * Puts a skeleton into value.json or, when its text is 64 KiB or more, into a part. A list whose elements do not refer to
 * each other gets a second part with the byte length of each row, so that one element is read alone.
 */
export function placeSkeleton(skeleton: unknown, parts: PartWriter, isList: boolean): Node {
  if (isList && Array.isArray(skeleton)) return placeRows(skeleton, parts);
  return { $text: parts.add(Buffer.from(jsonText(skeleton)), 'json') };
}

/** Whether the text of a skeleton is short enough to stay in value.json. */
export function isSmall(skeleton: Node): boolean {
  return lengthAtLeast(skeleton, 0) < SMALL_TEXT && Buffer.byteLength(jsonText(skeleton)) < SMALL_TEXT;
}

// A lower bound of the text's length that stops counting once it is long: turning a large value to text twice costs more.
function lengthAtLeast(node: Node, start: number): number {
  if (typeof node === 'string') return start + node.length + 2;
  if (typeof node !== 'object' || node === null) return start + 1;
  let length = start + 2;
  if (Array.isArray(node)) {
    for (let i = 0; i < node.length && length < SMALL_TEXT; i++)
      length = lengthAtLeast(node[i] ?? null, length);
    return length;
  }
  for (const key in node) {
    length = lengthAtLeast(node[key] ?? null, length + key.length + 3);
    if (length >= SMALL_TEXT) break;
  }
  return length;
}

function placeRows(list: readonly unknown[], parts: PartWriter): Node {
  const lengths = new Uint32Array(list.length);
  const text = parts.stream('json');
  try {
    text.push(Buffer.from(ROWS.open));
    let count = 0;
    for (const rows of rowsText(list)) {
      text.push(rows.bytes);
      lengths.set(rows.lengths, count);
      count += rows.lengths.length;
      text.push(count < list.length ? BETWEEN : CLOSE);
    }
    const index = text.finish();
    return { $rows: [index, parts.add(new Uint8Array(lengths.buffer), 'numeric')] };
  } finally {
    text.close();
  }
}

const BETWEEN = Buffer.from(ROWS.between);
const CLOSE = Buffer.from(ROWS.close);

/** Reads the skeleton of an artifact, whole or, of a list in rows, one element. */
export class SkeletonReader {
  readonly #artifact: string;
  readonly #parts: PartReader;
  readonly #place: Node;
  readonly #rows: readonly [number, number] | undefined;
  #ends: Float64Array | undefined;
  #whole: Node | undefined;

  constructor(artifact: string, parts: PartReader, place: Node) {
    this.#artifact = artifact;
    this.#parts = parts;
    this.#place = place;
    this.#rows = this.#rowParts();
  }

  /** The number of rows, or undefined when the skeleton is not stored in rows. */
  get rowCount(): number | undefined {
    return this.#rows === undefined ? undefined : this.#parts.size(this.#rows[1], 'numeric') / 4;
  }

  /** The whole skeleton, made afresh when it is in a part: the caller may keep and change it. */
  read(): Node {
    const text = this.#rows?.[0] ?? this.#textPart();
    if (text === undefined) return this.#place;
    this.#parts.info(text, 'json');
    const bytes = this.#parts.bytes(text);
    checkHeap(bytes, () => `Artifact "${this.#artifact}"`);
    return bytes.length < LONGEST || this.#rows === undefined
      ? this.#parse(bytes)
      : this.#parseInPieces({ first: 0, end: this.#rowEnds().length }, (from, to) =>
          bytes.subarray(from, to),
        );
  }

  /** The whole skeleton, read once; the caller must not change it. */
  get whole(): Node {
    this.#whole ??= this.read();
    return this.#whole;
  }

  /** One row. */
  row(index: number): Node {
    const [start, end] = this.#rowRange(index);
    return this.#parse(this.#parts.range(this.#rows?.[0] ?? 0, start, end));
  }

  /** The rows from `first` up to `end`. */
  rows(first: number, end: number): Node[] {
    return this.#parseInPieces({ first, end }, (from, to) =>
      this.#parts.range(this.#rows?.[0] ?? 0, from, to),
    );
  }

  #rowRange(index: number): [number, number] {
    const ends = this.#rowEnds();
    const end = ends[index];
    if (end === undefined) throw this.#corrupt(`has no row ${index}`);
    return [index === 0 ? ROWS.open.length : (ends[index - 1] ?? 0) + ROWS.between.length, end];
  }

  #rowEnds(): Float64Array {
    if (this.#ends !== undefined || this.#rows === undefined) return this.#ends ?? new Float64Array(0);
    const lengths = new Uint32Array(this.#parts.bytes(this.#rows[1]).buffer);
    const ends = new Float64Array(lengths.length);
    let at = ROWS.open.length;
    for (let i = 0; i < lengths.length; i++) {
      ends[i] = at + (lengths[i] ?? 0);
      at = (ends[i] ?? 0) + ROWS.between.length;
    }
    if (at !== this.#parts.info(this.#rows[0], 'json').size)
      throw this.#corrupt('has rows that do not add up');
    this.#ends = ends;
    return ends;
  }

  // Some rows at a time: together their text may be longer than the longest string of V8.
  #parseInPieces(
    { first, end }: { readonly first: number; readonly end: number },
    bytesOf: (from: number, to: number) => Uint8Array,
  ): Node[] {
    const ends = this.#rowEnds();
    const rows: Node[] = [];
    for (let next = first; next < end; ) {
      const [start, rowEnd] = this.#rowRange(next);
      let last = next;
      while (last + 1 < end && (ends[last + 1] ?? 0) - start < LONGEST) last++;
      const text = bytesOf(start, Math.max(rowEnd, ends[last] ?? 0));
      for (const row of this.#parse(Buffer.concat([LEFT, text, RIGHT])) as Node[]) rows.push(row);
      next = last + 1;
    }
    return rows;
  }

  #parse(bytes: Uint8Array): Node {
    const onlyAscii = isAscii(bytes); // Such a text is made a string in an eighth of the time.
    if (!onlyAscii && !isUtf8(bytes)) throw this.#corrupt('has a skeleton that is not UTF-8');
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    try {
      return JSON.parse(text.toString(onlyAscii ? 'latin1' : 'utf8')) as Node;
    } catch (cause) {
      if (errorCode(cause) === 'ERR_STRING_TOO_LONG')
        throw this.#corrupt('has a skeleton longer than the longest string', cause);
      throw this.#corrupt('has a skeleton that is not JSON', cause);
    }
  }

  #textPart(): number | undefined {
    const place = this.#place;
    if (typeof place !== 'object' || place === null || Array.isArray(place) || !('$text' in place))
      return undefined;
    return typeof place.$text === 'number' ? place.$text : undefined;
  }

  #rowParts(): [number, number] | undefined {
    const place = this.#place;
    if (typeof place !== 'object' || place === null || Array.isArray(place) || !('$rows' in place))
      return undefined;
    const [text, lengths] = Array.isArray(place.$rows) ? place.$rows : [];
    if (typeof text === 'number' && typeof lengths === 'number') return [text, lengths];
    throw this.#corrupt('has broken rows');
  }

  #corrupt(problem: string, cause?: unknown): ArtifactCorruptError {
    return new ArtifactCorruptError(
      this.#artifact,
      'value.json',
      problem,
      cause === undefined ? undefined : { cause },
    );
  }
}

const LONGEST = 256 * 1024 * 1024;

const LEFT = Buffer.from('[');
const RIGHT = Buffer.from(']');
