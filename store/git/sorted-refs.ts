import type { ObjectId } from '../ids.ts';
import { RefCorruptError } from './errors.ts';
import type { Bytes } from './paged-file.ts';

/** One ref of the packed-refs file; `peeled` is what an annotated tag points at, as git noted it. */
export interface PackedRef {
  readonly id: ObjectId;
  readonly peeled: ObjectId | undefined;
}

/** A ref where it stands: its line, and the line of what it peels to if there is one. */
interface Row extends PackedRef {
  readonly start: number;
  readonly end: number;
  readonly name: Buffer;
}

const NEWLINE = 0x0a;
const [HASH, CARET] = [0x23, 0x5e];
/** Most lines are shorter. */
const REACH = 256;
/** No byte of UTF-8 is greater: what begins with a prefix comes before the prefix and this. */
const AFTER = Buffer.from([0xff]);

/** The lines of a sorted packed-refs file, found by halving as git does: a few of them are read, whatever their number. */
export class SortedRefs {
  readonly #bytes: Bytes;
  readonly #path: string;
  /** Where the first ref begins. */
  readonly #start: number;

  /** `path` is for the {@link RefCorruptError} that every method throws when it meets a line it cannot understand. */
  constructor(bytes: Bytes, path: string) {
    this.#bytes = bytes;
    this.#path = path;
    this.#start = this.#skipHeader();
  }

  /** Whether the header promises that refs are in order of their names' bytes; without that, nothing here holds. */
  get isSorted(): boolean {
    const header = this.#bytes.slice(0, this.#start).toString();
    return /^# pack-refs with:.* sorted(?: |$)/m.test(header) || this.#start === this.#bytes.size;
  }

  /** The ref of a name. */
  get(name: string): PackedRef | undefined {
    const wanted = Buffer.from(name);
    const at = this.#lowerBound(wanted);
    const row = at < this.#bytes.size ? this.#rowAt(at) : undefined;
    return row?.name.equals(wanted) ? { id: row.id, peeled: row.peeled } : undefined;
  }

  /** The lines of all refs that begin with a prefix, as text. */
  textOf(prefix: string): string {
    const key = Buffer.from(prefix);
    const from = this.#lowerBound(key);
    return this.#bytes.slice(from, this.#lowerBound(Buffer.concat([key, AFTER]))).toString();
  }

  /** The first name that is not less than another; of names that go on from it, say. */
  next(name: string): string | undefined {
    const at = this.#lowerBound(Buffer.from(name));
    return at < this.#bytes.size ? this.#rowAt(at).name.toString() : undefined;
  }

  /** At most `count` names that begin with a prefix, the last first; with `before`, of those less than that name. */
  last(prefix: string, count: number, before?: string): string[] {
    const limit = before === undefined ? Buffer.concat([Buffer.from(prefix), AFTER]) : Buffer.from(before);
    const names: string[] = [];
    for (let at = this.#lowerBound(limit); at > this.#start && names.length < count; ) {
      const row = this.#rowAt(at - 1);
      const name = row.name.toString();
      if (!name.startsWith(prefix)) break;
      names.push(name);
      at = row.start;
    }
    return names;
  }

  /** Where the first ref begins whose name is not less than the wanted one; the end of the file when none is. */
  #lowerBound(wanted: Buffer): number {
    let low = this.#start;
    let high = this.#bytes.size;
    while (low < high) {
      const row = this.#rowAt(Math.floor((low + high) / 2));
      if (row.name.compare(wanted) < 0) low = row.end;
      else high = row.start;
    }
    return low;
  }

  /** The ref whose lines hold the byte at a place. */
  #rowAt(place: number): Row {
    let start = this.#lineStart(place);
    if (this.#byteAt(start) === CARET && start > this.#start) start = this.#lineStart(start - 1);
    const lineEnd = this.#lineEnd(start);
    const line = this.#bytes.slice(start, lineEnd);
    const name = line.subarray(41, line.at(-1) === NEWLINE ? -1 : undefined);
    const [, id] = /^([0-9a-f]{40}) $/.exec(line.toString('latin1', 0, 41)) ?? [];
    if (id === undefined || name.length === 0 || name.some(isControl)) throw this.#corrupt(line);
    const peels = lineEnd < this.#bytes.size && this.#byteAt(lineEnd) === CARET;
    const end = peels ? this.#lineEnd(lineEnd) : lineEnd;
    const peeled = peels ? this.#peeled(lineEnd, end) : undefined;
    return { start, end, name, id: id as ObjectId, peeled };
  }

  #peeled(start: number, end: number): ObjectId {
    const line = this.#bytes.slice(start, end);
    const [, id] = /^\^([0-9a-f]{40})\n?$/.exec(line.toString('latin1')) ?? [];
    if (id === undefined) throw this.#corrupt(line);
    return id as ObjectId;
  }

  #skipHeader(): number {
    let at = 0;
    while (at < this.#bytes.size && this.#byteAt(at) === HASH) at = this.#lineEnd(at);
    return at;
  }

  #lineStart(place: number): number {
    for (let reach = REACH; ; reach *= 2) {
      const from = Math.max(this.#start, place - reach);
      const newline = this.#bytes.slice(from, place).lastIndexOf(NEWLINE);
      if (newline >= 0) return from + newline + 1;
      if (from === this.#start) return from;
    }
  }

  #lineEnd(start: number): number {
    for (let reach = REACH; ; reach *= 2) {
      const to = Math.min(this.#bytes.size, start + reach);
      const newline = this.#bytes.slice(start, to).indexOf(NEWLINE);
      if (newline >= 0) return start + newline + 1;
      if (to === this.#bytes.size) return to;
    }
  }

  #byteAt(place: number): number {
    return this.#bytes.slice(place, place + 1)[0] ?? NEWLINE;
  }

  #corrupt(line: Buffer): RefCorruptError {
    return new RefCorruptError(
      this.#path,
      `it has the line ${JSON.stringify(line.toString('utf8', 0, 200).trimEnd())}`,
    );
  }
}

const isControl = (byte: number): boolean => byte < 0x20 || byte === 0x7f;
