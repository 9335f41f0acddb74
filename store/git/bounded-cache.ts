/** What a {@link BoundedCache} may hold, and how it lets go of a value. */
export interface CacheBounds<K, V> {
  /** The greatest sum of weights to keep. The newest value stays even when it alone is heavier. */
  readonly limit: number;
  readonly weigh: (value: V) => number;
  readonly dispose?: (value: V, key: K) => void;
}

/** A place in the ring of values, between the one used before it and the one used after it. */
interface Link<K, V> {
  readonly entry: { readonly key: K; readonly value: V; readonly weight: number } | undefined;
  older: Link<K, V>;
  newer: Link<K, V>;
}

/** Values by key, the least recently used ones forgotten when their weights exceed the limit. All it does takes constant time. */
export class BoundedCache<K, V> {
  readonly #bounds: CacheBounds<K, V>;
  // A Map alone would do, read and inserted anew at each use; but what it deleted it keeps to step over, at every look for the oldest.
  readonly #links = new Map<K, Link<K, V>>();
  /** Closes the ring: the newest value is older than it, the oldest newer. */
  readonly #end: Link<K, V> = emptyRing();
  #weight = 0;

  constructor(bounds: CacheBounds<K, V>) {
    this.#bounds = bounds;
  }

  /** The value, which counts as used by this. */
  get(key: K): V | undefined {
    const link = this.#links.get(key);
    if (link === undefined) return undefined;
    if (link !== this.#end.older) {
      takeOut(link);
      putBefore(this.#end, link);
    }
    return link.entry?.value;
  }

  /** Remembers a value and returns it. */
  set(key: K, value: V): V {
    this.delete(key);
    const weight = this.#bounds.weigh(value);
    const link: Link<K, V> = { entry: { key, value, weight }, older: this.#end, newer: this.#end };
    putBefore(this.#end, link);
    this.#links.set(key, link);
    this.#weight += weight;
    while (this.#weight > this.#bounds.limit && this.#end.newer !== link) this.#forget(this.#end.newer);
    return value;
  }

  /** Forgets a value. */
  delete(key: K): void {
    const link = this.#links.get(key);
    if (link !== undefined) this.#forget(link);
  }

  /** Forgets everything. */
  clear(): void {
    while (this.#end.newer !== this.#end) this.#forget(this.#end.newer);
  }

  #forget(link: Link<K, V>): void {
    const { entry } = link;
    if (entry === undefined) return;
    takeOut(link);
    this.#links.delete(entry.key);
    this.#weight -= entry.weight;
    this.#bounds.dispose?.(entry.value, entry.key);
  }
}

function emptyRing<K, V>(): Link<K, V> {
  const end = { entry: undefined } as Link<K, V>;
  end.older = end;
  end.newer = end;
  return end;
}

function takeOut<K, V>(link: Link<K, V>): void {
  link.older.newer = link.newer;
  link.newer.older = link.older;
}

function putBefore<K, V>(next: Link<K, V>, link: Link<K, V>): void {
  link.older = next.older;
  link.newer = next;
  next.older.newer = link;
  next.older = link;
}
