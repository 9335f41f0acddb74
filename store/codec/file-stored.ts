import { createHash } from 'node:crypto';
import type { Digest } from '../ids.ts';
import type { FileContent } from './file.ts';
import type { WrittenPart } from './part.ts';
import type { PartReader } from './part-read.ts';

/** A file in the store. */
export class StoredContent implements FileContent {
  readonly size: number;
  readonly digest: Digest;
  readonly #parts: PartReader;
  readonly #index: number;

  /** Throws an ArtifactCorruptError when the part is none of bytes. */
  constructor(parts: PartReader, index: number) {
    const { size, digest } = parts.info(index, 'bytes');
    this.size = size;
    this.digest = digest;
    this.#parts = parts;
    this.#index = index;
  }

  get written(): WrittenPart {
    return this.#parts.written(this.#index);
  }

  *whole(): Generator<Uint8Array> {
    const hash = createHash('sha256');
    for (const piece of this.pieces(0, this.size)) {
      hash.update(piece);
      yield piece;
    }
    const found = hash.digest('hex');
    if (found === this.digest) return;
    throw this.#parts.corrupt(`parts/${this.#index}`, `has the SHA-256 ${found} instead of ${this.digest}`);
  }

  pieces(start: number, end: number): Iterable<Uint8Array> {
    return this.#parts.pieces(this.#index, start, end);
  }
}
