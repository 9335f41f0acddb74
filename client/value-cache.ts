/** Bytes of loaded values all data views together keep. */
const LIMIT = 256 * 2 ** 20;

/**
 * Values that were loaded, so that `data.x[0] + data.x[1]` decodes x once. The least recently used go when together
 * they are larger than the limit, so that a loop over thousands of tasks does not fill the memory; the newest stays
 * whatever its size. Keys are objects: two views never share a value, since what a view gives may be changed in place.
 */
export class ValueCache {
  readonly #limit: number;
  readonly #held = new Map<object, { readonly value: unknown; readonly size: number }>();
  #size = 0;

  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  /** The value of a key, loaded unless it is kept. `size` is in bytes. */
  get(key: object, size: number, load: () => unknown): unknown {
    const known = this.#held.get(key);
    const held = known ?? { value: load(), size };
    this.#held.delete(key);
    this.#held.set(key, held);
    if (!known) this.#size += size;
    for (const [oldest, { size: freed }] of this.#held) {
      if (this.#size <= this.#limit || oldest === key) break;
      this.#held.delete(oldest);
      this.#size -= freed;
    }
    return held.value;
  }
}

/** The cache of this process. */
export const valueCache = new ValueCache();
