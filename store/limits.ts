import { constants } from 'node:buffer';
import { environment } from './environment.ts';
import { OxbowError } from './errors.ts';
import { countJson } from './json-counts.ts';

const MiB = 1 << 20;

/**
 * How much is read of a store, which may have been made to exhaust its reader: before memory is taken for a size that something declares,
 * the size is held against these. Each leaves ample room for what Oxbow writes. FLOW_LIMITS multiplies all of them.
 */
const LIMITS = {
  /**
   * Bytes of a git object read as a whole, inflated. Values are written in chunks of 1 MiB, logs of more than 4 MiB in segments; a file of code
   * and a record are single objects.
   */
  object: 256 * MiB,
  /** Bytes of a tree: a part of a value has an entry of some 40 bytes for each MiB. */
  tree: 16 * MiB,
  /** Bytes of a commit, which names the runs that its own has read. */
  commit: 64 * MiB,
  /** Bytes that are made on the way along a chain of deltas. Native git makes no deltas of large objects here. */
  deltas: 1024 * MiB,
  /** Bytes of an index, 28 for each object of a pack. */
  index: 1024 * MiB,
  /** Bytes of packed-refs, some 60 for each ref. */
  'packed-refs': 64 * MiB,
  /** Bytes of a file beside the objects that is read as a whole: a ref, a lock, HEAD, config, alternates, .keep. */
  file: MiB,
  /** Bytes of a JSON record. That of a task that joins 100,000 others, and reads five values of each, has 50 MB. */
  record: 128 * MiB,
  /** Lists and objects in a JSON record: each takes many times the two bytes it is written in. */
  containers: 2 ** 20,
  /** Commas in a JSON record, so members of its lists and objects. */
  members: 2 ** 23,
  /** Bytes of a log that is given as one string, or as a list of lines. A string of V8 holds twice as much. */
  log: 256 * MiB,
} as const;

/** The limits there are. */
export type LimitName = keyof typeof LIMITS;

/** Something of a store is larger than what is read. */
export class TooLargeError extends OxbowError {
  override readonly code = 'TooLargeError';
  readonly size: number;
  readonly limit: number;

  constructor(sentence: string, { size, limit }: { readonly size: number; readonly limit: number }) {
    super(sentence);
    this.size = size;
    this.limit = limit;
  }
}

/** Throws a {@link TooLargeError} when a size exceeds a limit. `what` begins a sentence and names the culprit. */
export function checkSize(name: LimitName, size: number, what: () => string, unit = 'bytes'): void {
  // The environment is looked at only when it matters.
  if (size <= LIMITS[name]) return;
  const limit = limitOf(name);
  if (size <= limit) return;
  const sentence = `${what()} has ${size} ${unit}, but at most ${limit} are read. ${remedy(size / limit)}`;
  throw new TooLargeError(sentence, { size, limit });
}

/**
 * Throws a {@link TooLargeError} for a JSON record that is too long, or that would take far more memory than its text: `[[],[],[]…` takes
 * thirty times as much. `what` begins a sentence and names the culprit.
 */
export function checkRecordText(text: Uint8Array, what: () => string): void {
  checkSize('record', text.length, what);
  if (text.length <= MiB) return;
  const { containers, commas } = countJson(text);
  checkSize('containers', containers, what, 'lists and objects');
  checkSize('members', commas, what, 'members');
}

/** Throws a {@link TooLargeError} for logs that are wanted all at once; as a string, which cannot be longer than the longest, if so said. */
export function checkLog(size: number, what: string, { asString }: { readonly asString: boolean }): void {
  const limit = Math.min(limitOf('log'), asString ? constants.MAX_STRING_LENGTH : Number.POSITIVE_INFINITY);
  if (size <= limit) return;
  const sentence = `${what} has ${size} bytes, but at most ${limit} are given at once.`;
  const more =
    limit < limitOf('log') ? '' : `, or set FLOW_LIMITS=${Math.ceil((size / limit) * environment.limits)}`;
  throw new TooLargeError(`${sentence} Read it piece by piece, with flow logs or task.log.read()${more}.`, {
    size,
    limit,
  });
}

/** Throws a {@link TooLargeError} for a value that takes more bytes than there is memory left. */
export function checkMemory(size: number, what: () => string): void {
  // Not every runtime can tell.
  const { availableMemory = () => Number.POSITIVE_INFINITY }: { availableMemory?: () => number } = process;
  const limit = availableMemory();
  if (size <= limit) return;
  throw new TooLargeError(
    `${what()} takes ${size} bytes, more than the ${limit} of memory that are left. ${PART}`,
    {
      size,
      limit,
    },
  );
}

/** Throws a {@link TooLargeError} for a JSON text that takes more of the heap than the process may use. */
export function checkHeap(text: Uint8Array, what: () => string): void {
  if (text.length <= ALWAYS_THERE) return;
  const { containers, commas } = countJson(text);
  const size = containers * LEAST_CONTAINER + commas * LEAST_MEMBER;
  // Loaded when it is wanted: it would hold up every start.
  const limit = process.getBuiltinModule('node:v8').getHeapStatistics().heap_size_limit;
  if (size <= limit) return;
  const sentence = `${what()} takes at least ${size} bytes as objects, more than the ${limit} that the heap may have.`;
  throw new TooLargeError(
    `${sentence} Raise that with NODE_OPTIONS=--max-old-space-size=MEGABYTES, or: ${PART}`,
    {
      size,
      limit,
    },
  );
}

/** Bytes that are there without asking. */
export const ALWAYS_THERE: number = 32 * MiB;
/** Bytes of the heap that the smallest list or object takes, and a member. */
const LEAST_CONTAINER = 32;
const LEAST_MEMBER = 8;
const PART = 'Read a part of it: a slice, an element, or in an address #0:10.';

/** A limit as the environment has it. */
export const limitOf = (name: LimitName): number => Math.floor(LIMITS[name] * environment.limits);

/** Beyond this factor a size is no mistake of ours. */
const PLAUSIBLE = 1000;

function remedy(excess: number): string {
  const factor = Math.ceil(excess * environment.limits);
  const damaged = 'It is damaged, or made to exhaust memory: restore it from a copy of the store.';
  return factor > PLAUSIBLE
    ? damaged
    : `If it is meant to be so large, set FLOW_LIMITS=${factor} and try again.`;
}
