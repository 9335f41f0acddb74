import { createHash, hash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { errorCode } from '../atomic-file.ts';
import { OxbowError } from '../errors.ts';
import type { Digest } from '../ids.ts';
import type { FileContent } from './file.ts';

/** A file or stream that an artifact is to be made of cannot be read; `problem` is the rest of the sentence. */
export class FileSourceError extends OxbowError {
  override readonly code = 'FileSourceError';
  /** The path or name. */
  readonly file: string;
  readonly problem: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`The file "${file}" ${problem}.`, options);
    this.file = file;
    this.problem = problem;
  }
}

/** A file on a disk, read when its bytes are asked for. */
export class PathContent implements FileContent {
  readonly path: string;

  /** `path` is absolute. */
  constructor(path: string) {
    this.path = path;
  }

  get size(): number {
    return Number(this.#stat(() => statSync(this.path, { bigint: true })).size);
  }

  get digest(): Digest {
    const digest = createHash('sha256');
    for (const piece of this.whole()) digest.update(piece);
    return digest.digest('hex') as Digest;
  }

  *whole(): Generator<Uint8Array> {
    const fd = this.#open();
    try {
      const before = this.#stat(() => fstatSync(fd, { bigint: true }));
      const isSizeless = before.size === 0n && before.blocks === 0n; // The kernel makes such files up as they are read.
      let at = 0;
      for (const piece of this.#read(fd, 0, Number.POSITIVE_INFINITY)) {
        at += piece.length;
        yield piece;
      }
      // By its path too: a new file may have taken the place of the one that is open.
      for (const after of [
        this.#stat(() => fstatSync(fd, { bigint: true })),
        this.#stat(() => statSync(this.path, { bigint: true })),
      ]) {
        if (!isSame(before, after) || (BigInt(at) !== after.size && !isSizeless))
          this.#fail('changed while it was read');
      }
    } finally {
      closeSync(fd);
    }
  }

  *pieces(start: number, end: number): Generator<Uint8Array> {
    const fd = this.#open();
    try {
      yield* this.#read(fd, start, end);
    } finally {
      closeSync(fd);
    }
  }

  *#read(fd: number, start: number, end: number): Generator<Uint8Array> {
    const buffer = new Uint8Array(PIECE);
    for (let at = start; at < end; ) {
      const read = this.#attempt(() => readSync(fd, buffer, 0, Math.min(PIECE, end - at), at));
      if (read === 0) return;
      at += read;
      yield buffer.subarray(0, read);
    }
  }

  #open(): number {
    this.#stat(() => statSync(this.path, { bigint: true })); // First: to open a pipe is to wait for its other end.
    return this.#attempt(() => openSync(this.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)));
  }

  #stat(look: () => BigIntStats): BigIntStats {
    const stat = this.#attempt(look);
    if (stat.isDirectory()) this.#fail('is a folder');
    if (!stat.isFile()) this.#fail('is no regular file: give a stream that reads it');
    return stat;
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      return this.#fail(wordsFor(cause), cause);
    }
  }

  #fail(problem: string, cause?: unknown): never {
    throw new FileSourceError(this.path, problem, cause === undefined ? undefined : { cause });
  }
}

/** Bytes in memory. */
export class BytesContent implements FileContent {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  get digest(): Digest {
    return hash('sha256', this.#bytes) as Digest;
  }

  whole(): Iterable<Uint8Array> {
    return [this.#bytes];
  }

  pieces(start: number, end: number): Iterable<Uint8Array> {
    return [this.#bytes.subarray(start, end)];
  }
}

/** Bytes that come from a stream: nothing is known of them before they are stored. */
export class StreamContent implements FileContent {
  readonly stream: () => AsyncIterable<unknown>;
  readonly source?: object;
  readonly #name: string;

  constructor(name: string, stream: () => AsyncIterable<unknown>, source?: object) {
    if (source !== undefined) this.source = source;
    this.#name = name;
    this.stream = stream;
  }

  get size(): number {
    return this.#fail();
  }

  get digest(): Digest {
    return this.#fail();
  }

  whole(): Iterable<Uint8Array> {
    return this.#fail();
  }

  pieces(): Iterable<Uint8Array> {
    return this.#fail();
  }

  #fail(): never {
    throw new FileSourceError(
      this.#name,
      'comes from a stream, which is read when the step ends: look at it in a later step',
    );
  }
}

const PIECE = 1024 * 1024;

const isSame = (a: BigIntStats, b: BigIntStats): boolean =>
  a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeNs === b.mtimeNs;

function wordsFor(cause: unknown): string {
  const code = errorCode(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  return `cannot be read (${cause instanceof Error ? cause.message : String(cause)})`;
}
