/** What a {@link BoundedCache} may hold, and how it lets go of a value. */
export interface CacheBounds<K, V> {
  /** The greatest sum of weights to keep. The newest value stays even when it alone is heavier. */
  readonly limit: number;
  readonly weigh: (value: V) => number;
  readonly dispose?: (value: V, key: K) => void;
}

/** Values by key, the least recently used ones forgotten when their weights exceed the limit. */
export class BoundedCache<K, V> {
  readonly #bounds: CacheBounds<K, V>;
  // A Map iterates in order of insertion; reading re-inserts, so the first key is the least recently used one.
  readonly #values = new Map<K, V>();
  #weight = 0;

  constructor(bounds: CacheBounds<K, V>) {
    this.#bounds = bounds;
  }

  /** The value, which counts as used by this. */
  get(key: K): V | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** Remembers a value and returns it. */
  set(key: K, value: V): V {
    this.delete(key);
    this.#values.set(key, value);
    this.#weight += this.#bounds.weigh(value);
    for (const oldest of this.#values.keys()) {
      if (this.#weight <= this.#bounds.limit || oldest === key) break;
      this.delete(oldest);
    }
    return value;
  }

  /** Forgets a value. */
  delete(key: K): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#weight -= this.#bounds.weigh(value);
    this.#bounds.dispose?.(value, key);
  }

  /** Forgets everything. */
  clear(): void {
    for (const key of [...this.#values.keys()]) this.delete(key);
  }
}
