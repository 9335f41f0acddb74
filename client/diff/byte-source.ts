import type { StoredStretch } from '#store';

/** Bytes that are compared: by the chunks they are stored in, where they are, else in memory. */
export interface Bytes {
  readonly size: number;
  readonly stored: StoredStretch | undefined;
  /** The bytes from `start` up to `end`, a piece at a time. */
  pieces(start: number, end: number): Iterable<Uint8Array>;
}
