import type { TaskRecord } from '#store';
import type { LogLine } from './objects.ts';

/** What one stream has written so far and not ended with a newline. */
interface OpenLine {
  readonly time: Date;
  readonly order: number;
  readonly bytes: Buffer[];
}

const STREAMS = ['stdout', 'stderr'] as const;
const NEWLINE = 0x0a;

/**
 * The lines of a task's two logs in the order their first bytes arrived, by the arrival times in its record. Bytes that
 * no time is recorded for follow, stdout first, with the time the task ended.
 */
export function logLines(record: TaskRecord, logs: Readonly<Record<LogLine['stream'], Buffer>>): LogLine[] {
  const started = Date.parse(record.startedAt);
  const used = { stdout: 0, stderr: 0 };
  const lines = new LineSorter();
  for (const [delay, which, length] of record.output ?? []) {
    const stream = STREAMS[which];
    lines.add(stream, logs[stream].subarray(used[stream], used[stream] + length), new Date(started + delay));
    used[stream] += length;
  }
  for (const stream of STREAMS) {
    lines.add(stream, logs[stream].subarray(used[stream]), new Date(record.finishedAt));
  }
  return lines.finish();
}

/** Puts chunks together to lines; a line belongs where it began. */
class LineSorter {
  readonly #open: Partial<Record<LogLine['stream'], OpenLine>> = {};
  readonly #lines: { readonly order: number; readonly line: LogLine }[] = [];
  #count = 0;

  add(stream: LogLine['stream'], chunk: Buffer, time: Date): void {
    let start = 0;
    while (start < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, start);
      const end = newline < 0 ? chunk.length : newline;
      const open = this.#open[stream] ?? { time, order: this.#count++, bytes: [] };
      this.#open[stream] = open;
      open.bytes.push(chunk.subarray(start, end));
      if (newline >= 0) this.#close(stream);
      start = end + 1;
    }
  }

  finish(): LogLine[] {
    for (const stream of STREAMS) this.#close(stream);
    return this.#lines.sort((a, b) => a.order - b.order).map(({ line }) => line);
  }

  #close(stream: LogLine['stream']): void {
    const open = this.#open[stream];
    if (!open) return;
    delete this.#open[stream];
    // Decoded as a whole: a chunk may end in the middle of a character.
    this.#lines.push({
      order: open.order,
      line: { time: open.time, stream, text: Buffer.concat(open.bytes).toString() },
    });
  }
}
