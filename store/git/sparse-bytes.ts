import { readSync } from 'node:fs';

/** Bytes read at once. */
const PAGE = 1 << 14;

/** The bytes of a file, of which only the pages are in memory that were needed. */
export class SparseBytes {
  /** Of the file's size; only what was needed is good. */
  readonly bytes: Buffer;
  readonly #known: Uint8Array;

  constructor(size: number) {
    // The system gives memory for what is written to.
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.#known = new Uint8Array(Math.ceil(size / PAGE));
  }

  /** Reads what is missing from one place to before another. False when the file ends before. */
  need(open: () => number, from: number, to: number): boolean {
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page++) {
      if (this.#known[page] === 1) continue;
      let end = page + 1;
      while (end * PAGE < to && this.#known[end] === 0) end += 1;
      if (!this.#fill(open(), page * PAGE, Math.min(end * PAGE, this.bytes.length))) return false;
      this.#known.fill(1, page, end);
    }
    return true;
  }

  #fill(fd: number, from: number, to: number): boolean {
    for (let at = from; at < to; ) {
      const count = readSync(fd, this.bytes, at, to - at, at);
      if (count === 0) return false;
      at += count;
    }
    return true;
  }
}
