import { closeSync, fstatSync } from 'node:fs';
import { isAbsent, openPlain } from '../plain-files.ts';
import { BoundedCache } from './bounded-cache.ts';
import { FileReplacedError } from './file-replaced.ts';

/** Files that nobody has used for this long are closed, in milliseconds. */
const IDLE = 1000;

/** Something that holds a file open for reading and may close it at any time. */
export interface HoldsFile {
  close(): void;
}

/**
 * Files open for reading, of all stores of the process. A process may open stores again and again and close none, and the system gives it
 * few descriptors. So the least recently used file is closed when there are more than `limit`, and all of them once none has been used
 * for a second. Whoever needs a file again opens it again.
 */
export class OpenFiles<T extends HoldsFile> {
  readonly #files: BoundedCache<object, T>;
  #isUsed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(limit: number) {
    this.#files = new BoundedCache({ limit, weigh: () => 1, dispose: (file) => file.close() });
  }

  /** The open file of a key, which counts as used by this. */
  get(key: object): T | undefined {
    this.#isUsed = true;
    return this.#files.get(key);
  }

  /** Takes charge of an open file, and returns it. */
  set(key: object, file: T): T {
    this.#isUsed = true;
    this.#timer ??= setInterval(() => this.#rest(), IDLE).unref();
    return this.#files.set(key, file);
  }

  /** Closes the file of a key. */
  delete(key: object): void {
    this.#files.delete(key);
  }

  #rest(): void {
    const isIdle = !this.#isUsed;
    this.#isUsed = false;
    if (!isIdle) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#files.clear();
  }
}

/** A descriptor that the process may close whenever it has too many. */
class Descriptor implements HoldsFile {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  close(): void {
    closeSync(this.fd);
  }
}

const descriptors = new OpenFiles<Descriptor>(4);

/** A file whose content never changes, such as a pack's index: open while it is in use, and opened again when it is read later. */
export class LastingFile {
  readonly #path: string;
  readonly #identity: string;
  /** Bytes of the file. */
  readonly size: number;

  /** Throws what opening a file throws. */
  constructor(path: string) {
    this.#path = path;
    const { fd } = descriptors.set(this, new Descriptor(openPlain(path)));
    const { size, ino } = fstatSync(fd);
    this.size = size;
    this.#identity = `${ino} ${size}`;
  }

  /** The descriptor, for use at once. Throws a {@link FileReplacedError} when the file is gone or another one by now. */
  get fd(): number {
    return (descriptors.get(this) ?? descriptors.set(this, new Descriptor(this.#reopen()))).fd;
  }

  close(): void {
    descriptors.delete(this);
  }

  #reopen(): number {
    let fd: number;
    try {
      fd = openPlain(this.#path);
    } catch (error) {
      if (isAbsent(error)) throw new FileReplacedError();
      throw error;
    }
    const { size, ino } = fstatSync(fd);
    if (`${ino} ${size}` === this.#identity) return fd;
    closeSync(fd);
    throw new FileReplacedError();
  }
}
