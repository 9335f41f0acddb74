import { jsonText } from './json-text.ts';

/** What stands before, between and after the rows of a skeleton in rows. */
export const ROWS = { open: '[\n', between: ',\n', close: '\n]' } as const;

/** Some rows as text, and how many bytes each takes. */
export interface RowsText {
  /** The rows with {@link ROWS}`.between` between them, in UTF-8; good until the next are asked for. */
  readonly bytes: Buffer;
  readonly lengths: readonly number[];
}

/**
 * Turns a list of JSON values into the text of its rows, some rows at a time: the whole may be longer than the longest
 * string of V8, and takes no memory.
 */
export function* rowsText(list: readonly unknown[]): Generator<RowsText> {
  const room = Buffer.allocUnsafe(8 * PIECE); // New memory for each piece costs a tenth of the time in collecting it.
  let count = FIRST_ROWS;
  for (let start = 0; start < list.length; ) {
    const text = textOf(list.slice(start, start + count), room);
    if (text === undefined) {
      count = Math.ceil(Math.min(count, list.length - start) / 2);
      continue;
    }
    yield text;
    start += text.lengths.length;
    count = Math.min(MOST_ROWS, Math.ceil((PIECE * text.lengths.length) / text.bytes.length));
  }
}

// Small enough to stay in the processor's cache.
const PIECE = 32 * 1024;
const FIRST_ROWS = 16;
const MOST_ROWS = 4096;

// Undefined when the rows, more than one, together are more than a string can hold.
function textOf(rows: readonly unknown[], room: Buffer): RowsText | undefined {
  try {
    const { pieces, tail, head } = piecesAtOnce(rows) ?? oneByOne(rows);
    const text = pieces.join(tail + ROWS.between + head);
    // No UTF-16 unit takes more than three bytes.
    const bytes = 3 * text.length > room.length ? Buffer.from(text) : room.subarray(0, room.write(text));
    const isAscii = bytes.length === text.length;
    const lengths = pieces.map(
      (piece, i) =>
        (isAscii ? piece.length : Buffer.byteLength(piece)) +
        (i > 0 ? head.length : 0) +
        (i < pieces.length - 1 ? tail.length : 0),
    );
    return { bytes, lengths };
  } catch (error) {
    if (error instanceof RangeError && rows.length > 1) return undefined;
    throw error;
  }
}

/** The texts of rows, each but the last without the `tail` they end with, each but the first without the `head`. */
interface Pieces {
  readonly pieces: readonly string[];
  readonly tail: string;
  readonly head: string;
}

/**
 * The texts of rows by one JSON.stringify of them all, which takes half the time of one for each. Where a row ends and the
 * next begins the text has what all have there, `},{"id":` for instance; if it has that only as often as there are such
 * places, that is where they are: with a `}` or `]` only at the start it cannot overlap itself.
 */
function piecesAtOnce(rows: readonly unknown[]): Pieces | undefined {
  const start = startOf(rows[0]);
  if (start === undefined || rows.some((row) => startOf(row) !== start)) return undefined;
  if (start !== LIST && !/^\w+$/.test(start)) return undefined;
  const [tail, head] = start === LIST ? [']', '['] : ['}', `{"${start}":`];
  const pieces = jsonText(rows).slice(1, -1).split(`${tail},${head}`);
  return pieces.length === rows.length ? { pieces, tail, head } : undefined;
}

const oneByOne = (rows: readonly unknown[]): Pieces => ({
  pieces: rows.map((row) => jsonText(row)),
  tail: '',
  head: '',
});

// What the text of a row begins with: a bracket, or the first key.
function startOf(row: unknown): string | undefined {
  if (typeof row !== 'object' || row === null) return undefined;
  if (Array.isArray(row)) return LIST;
  for (const key in row) return Object.hasOwn(row, key) ? key : undefined;
  return undefined;
}

const LIST = '[';
