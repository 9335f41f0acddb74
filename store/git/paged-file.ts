import { closeSync, fstatSync, type Stats } from 'node:fs';
import { checkSize } from '../limits.ts';
import { entryAt, isAbsent, openPlain } from '../plain-files.ts';
import { FileReplacedError } from './file-replaced.ts';
import { SparseBytes } from './sparse-bytes.ts';

/** Bytes at numbered places, of which only some are read. */
export interface Bytes {
  readonly size: number;
  /** The bytes from one place to before another, both within the size. Shared with other callers. */
  slice(from: number, to: number): Buffer;
}

/** A file changed twice within one tick of the file system's clock may look the same; several ticks, in ms. */
const CLOCK_TICK = 20;

/** One state of a file that others replace as a whole, read page by page as it is asked for. */
export class PagedFile implements Bytes {
  readonly size: number;
  readonly #path: string;
  readonly #key: string;
  readonly #bytes: SparseBytes;
  #fd: number | undefined;
  readonly #opened = (): number => {
    this.#fd ??= this.#reopen();
    return this.#fd;
  };

  private constructor(path: string, fd: number) {
    const stat = fstatSync(fd);
    this.#path = path;
    this.#fd = fd;
    this.size = stat.size;
    this.#key = keyOf(stat);
    this.#bytes = new SparseBytes(stat.size);
  }

  /** The state at hand when it is still that of the file, else the new one; undefined when there is no file. Throws a TooLargeError. */
  static latest(path: string, known: PagedFile | undefined): PagedFile | undefined {
    if (known !== undefined) {
      const stat = entryAt(path);
      if (stat === undefined) return undefined;
      if (known.#key !== '' && keyOf(stat) === known.#key) return known;
    }
    const fd = openIfThere(path);
    if (fd === undefined) return undefined;
    try {
      checkSize('packed-refs', fstatSync(fd).size, () => `"${path}"`);
      return new PagedFile(path, fd);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Throws a {@link FileReplacedError} when the bytes are wanted after {@link rest} and the file is another one by now. */
  slice(from: number, to: number): Buffer {
    // Cut short in place, as no program should.
    if (!this.#bytes.need(this.#opened, from, to)) throw new FileReplacedError();
    return this.#bytes.bytes.subarray(from, to);
  }

  /** Closes the file; what was read of it stays, and the file opens again for more. */
  rest(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #reopen(): number {
    const fd = openIfThere(this.#path);
    if (fd === undefined) throw new FileReplacedError();
    if (this.#key !== '' && keyOf(fstatSync(fd)) === this.#key) return fd;
    closeSync(fd);
    throw new FileReplacedError();
  }
}

/** What tells two states of a file apart; empty for one so young that it could change without showing. */
function keyOf({ size, mtimeMs, ino }: Stats): string {
  return Date.now() - mtimeMs > CLOCK_TICK ? `${size} ${mtimeMs} ${ino}` : '';
}

function openIfThere(path: string): number | undefined {
  try {
    return openPlain(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
