import type { Readable } from 'node:stream';
import type { ReadableStreamDefaultController, ReadableStream as WebStream } from 'node:stream/web';
import type { Digest } from '../ids.ts';
import { sliceBounds } from './bounds.ts';
import { copyOf } from './file-copies.ts';
import type { WrittenPart } from './part.ts';

/** What a file is called. */
export interface FileLabel {
  readonly name: string;
  readonly mediaType?: string | undefined;
}

/** What a file consists of, wherever that lies. Pieces are good until the next is taken, and not to be changed. */
export interface FileContent {
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the bytes. */
  readonly digest: Digest;
  /** All bytes in order; throws at the end when they are not those that were stored. */
  whole(): Iterable<Uint8Array>;
  /** The bytes from `start` up to `end` in order. */
  pieces(start: number, end: number): Iterable<Uint8Array>;
  /** The part it is in a store. */
  readonly written?: WrittenPart;
  /** The file it is on a disk. */
  readonly path?: string;
  /** Gives the bytes when nothing but waiting gives them. */
  readonly stream?: () => AsyncIterable<unknown>;
  /** The stream behind that, when it is one that can be ended. */
  readonly source?: object;
}

const CONTENT = Symbol.for('oxbow.file'); // Registered, so that copies of the package know each other's files.

/**
 * A file as an artifact. `artifactFile(…)` makes one, and its bytes are stored when the step ends. In later steps, and for
 * whoever reads the run, bytes are read from the store when they are asked for, and only those.
 */
export class ArtifactFile {
  /** Name without a folder, as it was given, or `file`. */
  readonly name: string;
  /** Media type such as `image/png`, where one was given. */
  readonly mediaType: string | undefined;
  readonly #content: FileContent;

  constructor({ name, mediaType }: FileLabel, content: FileContent) {
    this.name = name;
    this.mediaType = mediaType;
    this.#content = content;
  }

  /** Bytes. */
  get size(): number {
    return this.#content.size;
  }

  /** SHA-256 of the bytes, as `sha256sum` prints it. */
  get digest(): Digest {
    return this.#content.digest;
  }

  /**
   * Path of a read-only file with these bytes, for programs that want one: a verified copy, the same for whoever asks
   * again, and gone when the task ends, or outside of one the process. Of a file that is not stored yet, its own path.
   */
  path(): string {
    const { path, digest } = this.#content;
    return path ?? copyOf({ name: this.name, digest, pieces: () => this.#content.whole() });
  }

  /** All bytes, verified. Throws a RangeError when they do not fit into memory. */
  bytes(): Buffer<ArrayBuffer> {
    return this.#joined(this.#content.whole(), this.size);
  }

  /** The bytes as UTF-8 text; bytes that are none become U+FFFD. Throws an Error for more than a string can hold. */
  text(): string {
    return this.bytes().toString('utf8');
  }

  /** The bytes as a stream of Node, a chunk at a time. It ends with an error when they are not what was stored. */
  stream(): Readable {
    const { Readable } = process.getBuiltinModule('node:stream'); // Loaded by who reads a stream, not by every script.
    return Readable.from(this.#copies(), { objectMode: false });
  }

  /** The bytes as a stream of the web, a chunk at a time; it fails as {@link stream} does. */
  webStream(): WebStream<Uint8Array> {
    const pieces = this.#copies();
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      const { value, done } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    };
    return new ReadableStream({ pull, cancel: () => void pieces.return(undefined) }, { highWaterMark: 0 });
  }

  /** The bytes from `from` up to `to`, counted from the end when negative; reads the chunks they lie in and no other. */
  slice(from = 0, to = Number.POSITIVE_INFINITY): Buffer<ArrayBuffer> {
    const [start, end] = sliceBounds(this.size, from, to);
    return this.#joined(this.#content.pieces(start, end), end - start);
  }

  /** What is known of it without its bytes. */
  toJSON(): { name: string; size: number; digest: Digest; mediaType?: string } {
    const { name, size, digest, mediaType } = this;
    return { name, size, digest, ...(mediaType === undefined ? {} : { mediaType }) };
  }

  /** How `console.log` shows it. */
  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    const { name, mediaType } = this;
    const size = this.#content.written === undefined ? {} : { size: this.size };
    return `ArtifactFile ${inspect({ name, ...size, ...(mediaType === undefined ? {} : { mediaType }) }, options)}`;
  }

  /** For the codec: where the bytes are. */
  [CONTENT](): FileContent {
    return this.#content;
  }

  #joined(pieces: Iterable<Uint8Array>, size: number): Buffer<ArrayBuffer> {
    const bytes = this.#allocate(size);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  #allocate(size: number): Buffer<ArrayBuffer> {
    try {
      return Buffer.from(new ArrayBuffer(size)); // Not of the pool, which others look at.
    } catch (cause) {
      const remedy = 'Read it with stream(), slice() or path().';
      throw new RangeError(`${size} bytes of the file "${this.name}" do not fit into memory. ${remedy}`, {
        cause,
      });
    }
  }

  // In memory of their own: whoever reads a stream may keep and change what it gives.
  *#copies(): Generator<Uint8Array, undefined> {
    for (const piece of this.#content.whole()) yield Uint8Array.from(piece);
  }
}

/** Where the bytes of a file are, or undefined when the value is no {@link ArtifactFile}. */
export function contentOf(value: object): FileContent | undefined {
  return CONTENT in value ? (value as ArtifactFile)[CONTENT]() : undefined;
}

/** Whether a text can be the name of a file: not empty, not a path, at most 255 bytes. */
export const isFileName = (name: unknown): name is string =>
  typeof name === 'string' && Buffer.byteLength(name) <= 255 && !NO_NAME.test(name) && name.isWellFormed();

const NO_NAME = /^\.{0,2}$|[/\\\0]/;
