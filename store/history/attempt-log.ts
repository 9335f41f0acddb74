import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { Arrival } from './arrivals.ts';
import { LAYOUT } from './layout.ts';
import type { LogStream } from './live-log.ts';
import type { LiveTask } from './live-log-read.ts';
import type { TaskRecord } from './schema.ts';

/** What an attempt wrote, or has written so far, to be read piece by piece. */
export interface AttemptLog {
  /** When output came: milliseconds since 1970, 0 stdout | 1 stderr, bytes. All bytes there are are told of. */
  arrivals(): readonly Arrival[];
  /** Bytes of a stream. */
  size(stream: LogStream): number;
  /** The bytes of a stream from `from` to `to`, or fewer where it ends. */
  read(stream: LogStream, from: number, to: number): Buffer;
  /** Where one reads on who has read so far: further on, when what follows has been overwritten. */
  readable(stream: LogStream, from: number): number;
}

/** The log of a recorded attempt, whose record is read when it wrote something. Throws an ObjectCorruptError when it is damaged. */
export function recordedLog(
  repository: Repository,
  entries: ReadonlyMap<string, TreeEntry>,
  record: () => TaskRecord,
): AttemptLog {
  const contents = new Map<LogStream, ReturnType<Repository['content']>>();
  const contentOf = (stream: LogStream) => {
    const entry = entries.get(LAYOUT[stream]);
    const content = contents.get(stream) ?? (entry && repository.content(entry.id));
    if (content) contents.set(stream, content);
    return content;
  };
  const size = (stream: LogStream): number => contentOf(stream)?.size ?? 0;
  return {
    arrivals: () =>
      entries.has(LAYOUT.stdout) || entries.has(LAYOUT.stderr) ? allArrivals(record(), size) : [],
    size,
    read: (stream, from, to) => contentOf(stream)?.read(from, to) ?? NOTHING,
    readable: (_, from) => from,
  };
}

/** The log of an attempt that runs. */
export function liveLog(live: LiveTask): AttemptLog {
  const size = (stream: LogStream): number => {
    const which = stream === 'stdout' ? 0 : 1;
    return live.arrivals().reduce((sum, [, from, bytes]) => sum + (from === which ? bytes : 0), 0);
  };
  return {
    arrivals: () => live.arrivals(),
    size,
    read: (stream, from, to) => live.read(stream, from, to),
    readable: (stream, from) => live.readable(from, size(stream)),
  };
}

/** Bytes that no time is recorded for follow, stdout first, with the time the task ended. */
function allArrivals(record: TaskRecord, size: (stream: LogStream) => number): Arrival[] {
  const started = Date.parse(record.startedAt);
  const ended = Date.parse(record.finishedAt);
  const left: [stdout: number, stderr: number] = [size('stdout'), size('stderr')];
  const list: Arrival[] = [];
  const add = (time: number, stream: 0 | 1, bytes: number): void => {
    const there = Math.min(bytes, left[stream]);
    left[stream] -= there;
    if (there > 0) list.push([time, stream, there]);
  };
  for (const [delay, stream, bytes] of record.output ?? []) add(started + delay, stream, bytes);
  for (const stream of [0, 1] as const) add(ended, stream, left[stream]);
  return list;
}

const NOTHING = Buffer.alloc(0);
