import { jsonText } from './json-text.ts';

/** What stands before, between and after the rows of a skeleton in rows. */
export const ROWS = { open: '[\n', between: ',\n', close: '\n]' } as const;

/** Some rows as text, and how many bytes each takes. */
export interface RowsText {
  /** The rows with {@link ROWS}`.between` between them, in UTF-8. */
  readonly bytes: Buffer;
  readonly lengths: readonly number[];
}

/**
 * Turns a list of JSON values into the text of its rows, some rows at a time: the whole may be longer than the longest
 * string of V8, and takes no memory.
 */
export function* rowsText(list: readonly unknown[]): Generator<RowsText> {
  let count = FIRST_ROWS;
  for (let start = 0; start < list.length; ) {
    const text = textOf(list.slice(start, start + count));
    if (text === undefined) {
      count = Math.ceil(Math.min(count, list.length - start) / 2);
      continue;
    }
    yield text;
    start += text.lengths.length;
    count = Math.min(MOST_ROWS, Math.ceil((PIECE * text.lengths.length) / text.bytes.length));
  }
}

const PIECE = 128 * 1024;
const FIRST_ROWS = 16;
const MOST_ROWS = 4096;

// Undefined when the rows, more than one, together are more than a string can hold.
function textOf(rows: readonly unknown[]): RowsText | undefined {
  try {
    const { head, middles, tail } = textsAtOnce(rows) ?? oneByOne(rows);
    const text = head + middles.join(tail + ROWS.between + head) + tail;
    const bytes = Buffer.from(text);
    const [around, isAscii] = [head.length + tail.length, bytes.length === text.length];
    const lengths = middles.map((middle) => around + (isAscii ? middle.length : Buffer.byteLength(middle)));
    return { bytes, lengths };
  } catch (error) {
    if (error instanceof RangeError && rows.length > 1) return undefined;
    throw error;
  }
}

/** The texts of rows that all begin and end alike: `head + middle + tail`. */
interface Texts {
  readonly head: string;
  readonly middles: readonly string[];
  readonly tail: string;
}

/**
 * The texts of rows by one JSON.stringify of them all, which takes half the time of one for each. Where a row ends and the
 * next begins the text has what all have there, `},{"id":` for instance; if it has that only as often as there are such
 * places, that is where they are: with a `}` or `]` only at the start it cannot overlap itself.
 */
function textsAtOnce(rows: readonly unknown[]): Texts | undefined {
  const start = startOf(rows[0]);
  if (start === undefined || rows.some((row) => startOf(row) !== start)) return undefined;
  if (start !== LIST && !/^\w+$/.test(start)) return undefined;
  const [head, tail] = start === LIST ? ['[', ']'] : [`{"${start}":`, '}'];
  const middles = jsonText(rows)
    .slice(1 + head.length, -2)
    .split(`${tail},${head}`);
  return middles.length === rows.length ? { head, middles, tail } : undefined;
}

const oneByOne = (rows: readonly unknown[]): Texts => ({
  head: '',
  middles: rows.map((row) => jsonText(row)),
  tail: '',
});

// What the text of a row begins with: a bracket, or the first key.
function startOf(row: unknown): string | undefined {
  if (typeof row !== 'object' || row === null) return undefined;
  if (Array.isArray(row)) return LIST;
  for (const key in row) return Object.hasOwn(row, key) ? key : undefined;
  return undefined;
}

const LIST = '[';
