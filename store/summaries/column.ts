import { createHash } from 'node:crypto';
import { closeSync, fstatSync, readSync } from 'node:fs';
import { writeFully } from '../atomic-file.ts';
import type { ObjectId } from '../ids.ts';
import { SideFolder } from '../side-folder.ts';

/**
 * So many bytes of a column are read in the time one run is. A column is read when as much time has gone into single runs as it will take: who
 * asks about few does not pay for all.
 */
const BYTES_PER_RUN = 128 * 1024;
/** So many new rows are written at once: the rest is found out again by whoever asks next. */
const BATCH = 32;
/** Bytes a column is read up to; beyond that it is begun anew. */
const LARGEST = 256 * 1024 * 1024;

/** What is known of one run. */
export interface Known {
  readonly value: unknown;
}

/**
 * One fact about many runs of a flow, by the commit of the run: what their records say in short, or the value at one place. It is a cache. Each row was found out from a
 * commit, which never changes, so a row is right for good; a run that goes on has another commit with each checkpoint and no row.
 *
 * The file has a line for each run: JSON, a tab, the commit. Processes append whole lines; a line that was cut off has no commit at its
 * end and is passed over. It may be deleted at any time, and where it cannot be written nothing is lost but time.
 */
export class SummaryColumn {
  readonly #folder: SideFolder;
  readonly #path: readonly [flow: string, file: string];
  #rows: Map<string, string> | undefined;
  readonly #fresh = new Map<string, string>();
  #waiting: ObjectId[] = [];
  #asked = 0;
  #size: number | undefined;

  constructor(store: string, flow: string, name: string) {
    this.#folder = new SideFolder(store, 'oxbow-cache');
    this.#path = [flow, fileOf(name)];
  }

  /** What is known of the run of a commit; undefined when nothing is. A row that is no JSON is not known. */
  get(commit: ObjectId): Known | undefined {
    const row = this.#fresh.get(commit) ?? this.#stored(commit);
    if (row === undefined) return undefined;
    try {
      return { value: row === '' ? undefined : JSON.parse(row) };
    } catch {
      return undefined;
    }
  }

  /** Notes what was found out of the run of a commit, undefined being an answer too; the value must be plain JSON. */
  add(commit: ObjectId, value: unknown): void {
    const row = value === undefined ? '' : JSON.stringify(value);
    this.#fresh.set(commit, row);
    this.#waiting.push(commit);
    if (this.#waiting.length >= BATCH) this.write();
  }

  /** Writes what waits. */
  write(): void {
    const waiting = this.#waiting.filter((commit) => this.#rows?.get(commit) !== this.#fresh.get(commit));
    this.#waiting = [];
    if (waiting.length === 0) return;
    try {
      this.#folder.make(this.#path[0]);
      const fd = this.#folder.openOwn(this.#path, { append: true });
      try {
        // What another process was killed in the middle of ends here.
        const rows = waiting.map((commit) => `${this.#fresh.get(commit)}\t${commit}\n`);
        writeFully(fd, Buffer.from(`\n${rows.join('')}`));
      } finally {
        closeSync(fd);
      }
    } catch {
      // A store that cannot be written, or whose cache belongs to another user, is read without it.
    }
  }

  /** Reads what is stored, for somebody who will ask about many runs. */
  expectMany(): void {
    this.#rows ??= this.#read();
  }

  #stored(commit: ObjectId): string | undefined {
    if (this.#rows === undefined) {
      this.#asked += 1;
      if (this.#asked === 1) return undefined;
      this.#size ??= this.#sizeNow();
      if (this.#asked * BYTES_PER_RUN < this.#size) return undefined;
      this.expectMany();
    }
    return this.#rows?.get(commit);
  }

  #sizeNow(): number {
    const fd = this.#folder.open(...this.#path);
    if (fd === undefined) return 0;
    try {
      return fstatSync(fd).size;
    } finally {
      closeSync(fd);
    }
  }

  #read(): Map<string, string> {
    const rows = new Map<string, string>();
    const text = this.#text();
    // Line by line in place; what no newline ends was cut off.
    for (
      let start = 0, end = text.indexOf('\n');
      end >= 0;
      start = end + 1, end = text.indexOf('\n', start)
    ) {
      const tab = end - COMMIT_LENGTH - 1;
      if (tab >= start && text[tab] === '\t') rows.set(text.slice(tab + 1, end), text.slice(start, tab));
    }
    return rows;
  }

  #text(): string {
    const fd = this.#folder.open(...this.#path);
    if (fd === undefined) return '';
    try {
      const { size } = fstatSync(fd);
      if (size > LARGEST) {
        this.#folder.removeFile(...this.#path);
        return '';
      }
      const bytes = Buffer.allocUnsafe(size);
      return bytes.toString('utf8', 0, readSync(fd, bytes, 0, size, 0));
    } catch {
      return '';
    } finally {
      closeSync(fd);
    }
  }
}

const COMMIT_LENGTH = 40;

/** Names of places can hold anything: only short ones of plain letters stand for themselves. */
const fileOf = (name: string): string =>
  /^[a-z]{1,40}$/.test(name) ? name : createHash('sha256').update(name).digest('hex').slice(0, 40);
