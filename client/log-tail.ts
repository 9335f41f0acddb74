import type { AttemptLog } from '#store';
import type { LogLine } from './log-line.ts';

/** Bytes read at a time. */
const PIECE = 64 * 1024;
const NEWLINE = 0x0a;

/** Where the last `lines` lines of a stream begin: found from its end, whatever its size. */
export function tailPosition(log: AttemptLog, stream: LogLine['stream'], lines: number): number {
  const size = log.size(stream);
  if (lines === 0) return size;
  // The newline at the very end begins no line.
  let left = lines;
  for (let end = size - 1; end > 0; ) {
    const start = Math.max(0, end - PIECE);
    const from = log.readable(stream, start);
    const piece = log.read(stream, from, end);
    for (
      let at = piece.lastIndexOf(NEWLINE);
      at >= 0;
      at = at === 0 ? -1 : piece.lastIndexOf(NEWLINE, at - 1)
    ) {
      left -= 1;
      if (left === 0) return from + at + 1;
    }
    if (from > start) return from;
    end = start;
  }
  return 0;
}
