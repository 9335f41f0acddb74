import type { Arrival, LongContent } from '#store';

/** What was taken out of the middle of a log that grew too long. */
export interface LogCut {
  /** The first byte that is missing, and the first one that is there again. */
  readonly from: number;
  readonly to: number;
  /** Bytes of the line that stands there instead. */
  readonly mark: number;
  /** The log as it is kept. */
  readonly content: LongContent;
}

/** A line end within so many bytes is looked for, so that whole lines are cut. */
const NEAR = 64 * 1024;
const NEWLINE = 0x0a;

/** How a log is cut. */
export interface CutRule {
  /** Most bytes that are kept. */
  readonly limit: number;
  /** Line ends behind the first half of these. */
  readonly newlinesBehindHead: number;
}

/**
 * Cuts a log that is longer than `limit` bytes down to about so many: half from its beginning, half from its end, whole lines where lines
 * are not too long, and a line between them that tells what is missing.
 */
export async function logCut(whole: LongContent, { limit, newlinesBehindHead }: CutRule): Promise<LogCut> {
  const head = Math.floor(limit / 2);
  const from = lineEndBefore(whole, head);
  const to = lineStartFrom(whole, whole.size - (limit - head));
  const lines = newlinesBehindHead - (await newlinesIn(whole, to));
  const isLineStart = from === 0 || read(whole, from - 1, from)[0] === NEWLINE;
  const mark = Buffer.from(
    `${isLineStart ? '' : '\n'}[${to - from} bytes in ${lines} lines were left out here: the log was longer than ${limit} bytes.]\n`,
  );
  return { from, to, mark: mark.length, content: joined(whole, { from, to, mark }) };
}

function lineEndBefore(whole: LongContent, at: number): number {
  const start = Math.max(0, at - NEAR);
  const end = read(whole, start, at).lastIndexOf(NEWLINE);
  return end < 0 ? at : start + end + 1;
}

/** The first line that begins at `at` or behind it. */
function lineStartFrom(whole: LongContent, at: number): number {
  const before = Math.max(0, at - 1);
  const end = read(whole, before, Math.min(whole.size, at + NEAR)).indexOf(NEWLINE);
  return end < 0 || before + end + 1 >= whole.size ? at : before + end + 1;
}

async function newlinesIn(whole: LongContent, from: number): Promise<number> {
  let count = 0;
  const memory = Buffer.allocUnsafeSlow(PIECE);
  for (let at = from; at < whole.size; at += PIECE) {
    await new Promise(setImmediate);
    const bytes = memory.subarray(0, Math.min(PIECE, whole.size - at));
    whole.readInto(bytes, at);
    for (let found = bytes.indexOf(NEWLINE); found >= 0; found = bytes.indexOf(NEWLINE, found + 1))
      count += 1;
  }
  return count;
}

const PIECE = 1024 * 1024;

function joined(
  whole: LongContent,
  { from, to, mark }: { readonly from: number; readonly to: number; readonly mark: Buffer },
): LongContent {
  const shift = to - from - mark.length;
  const readInto = (target: Uint8Array, start: number): void => {
    const end = start + target.length;
    const part = (first: number, last: number): Uint8Array =>
      target.subarray(Math.max(0, first - start), Math.max(0, Math.min(end, last) - start));
    if (start < from) whole.readInto(part(start, from), start);
    part(from, from + mark.length).set(mark.subarray(Math.max(0, start - from), Math.max(0, end - from)));
    const behind = Math.max(start, from + mark.length);
    if (behind < end) whole.readInto(part(behind, end), behind + shift);
  };
  return { size: whole.size - shift, readInto };
}

function read(whole: LongContent, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  whole.readInto(bytes, from);
  return bytes;
}

/** When the output that is left came. */
export function cutArrivals(
  arrivals: readonly Arrival[],
  stream: 0 | 1,
  { from, to, mark }: LogCut,
): Arrival[] {
  const left: Arrival[] = [];
  let at = 0;
  let isMarked = false;
  for (const arrival of arrivals) {
    const [time, which, bytes] = arrival;
    if (which !== stream) {
      left.push(arrival);
      continue;
    }
    const end = at + bytes;
    const before = Math.max(0, Math.min(end, from) - at);
    const behind = Math.max(0, end - Math.max(at, to));
    if (before > 0) left.push([time, stream, before]);
    if (!isMarked && end > from) {
      left.push([time, stream, mark]);
      isMarked = true;
    }
    if (behind > 0) left.push([time, stream, behind]);
    at = end;
  }
  return left;
}
