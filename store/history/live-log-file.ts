import { SideFolder } from '../side-folder.ts';

/** Beside objects/ and refs/, where neither git nor a reader of the records looks: what running tasks have written so far. */
export const liveFolder = (store: string): SideFolder => new SideFolder(store, 'oxbow-live');

/** Names of the files of an attempt that runs. */
export const LIVE_FILES = {
  task: 'task.json',
  stdout: 'stdout',
  stderr: 'stderr',
  arrivals: 'arrivals',
} as const;

/** What {@link LIVE_FILES.arrivals} is called while it is written again. */
export const ARRIVALS_AGAIN = 'arrivals.new';

/** In the folder of a run, by its age: when the run was last known to be alive. No step can be called like that. */
export const HEARTBEAT = '.heartbeat';

/** An attempt of a task of a run. */
export interface AttemptName {
  readonly step: string;
  readonly task: string;
  readonly attempt: number;
}

/** The names that lead to the files of one attempt of the run `Flow/id`: `<Flow>/<run>/<step>/<task>@<attempt>`. */
export const attemptPath = (run: string, { step, task, attempt }: AttemptName): string[] => [
  ...run.split('/'),
  step,
  `${task}@${attempt}`,
];

/** `2.0@1` is attempt 1 of the task 2.0; undefined for a name that is not one of ours. */
export function attemptIn(step: string, name: string): AttemptName | undefined {
  const [, task, attempt] = /^(\d+(?:\.\d+)*)@(\d{1,9})$/.exec(name) ?? [];
  return task === undefined ? undefined : { step, task, attempt: Number(attempt) };
}

/**
 * Where in its file a byte of a log lies. A log that may not grow beyond `limit` bytes keeps its first half in place, and goes
 * round in a ring of the other half behind it.
 */
export interface Ring {
  readonly limit: number | undefined;
}

/** Bytes the file holds beyond the limit: who cuts the log looks at what is just before the part it keeps. */
const SPARE = 2;

/** The ring of a log of which at most `maxLogSize` bytes are kept. */
export const ringOf = (maxLogSize: number | undefined): Ring => ({
  limit: maxLogSize === undefined ? undefined : maxLogSize + SPARE,
});

/** Bytes at the start that are never overwritten. */
export const headOf = ({ limit = Number.POSITIVE_INFINITY }: Ring): number =>
  limit === Number.POSITIVE_INFINITY ? limit : Math.floor(limit / 2);

/** Where byte `at` of the log lies in the file, and how many follow it there without a break. */
export function placeIn(ring: Ring, at: number): { readonly position: number; readonly room: number } {
  const head = headOf(ring);
  if (at < head || ring.limit === undefined) return { position: at, room: head - at };
  const tail = ring.limit - head;
  const inTail = (at - head) % tail;
  return { position: head + inTail, room: tail - inTail };
}

/** The first byte behind the head that is still there when `size` bytes have been written. */
export function tailStart(ring: Ring, size: number): number {
  const head = headOf(ring);
  if (ring.limit === undefined || size <= ring.limit) return head;
  return size - (ring.limit - head);
}
