/** Bytes of loaded values that the objects of one client together keep. */
const LIMIT = 256 * 2 ** 20;
/** Values up to this size belong to the object that loaded them, and go with it. They weigh no more than the object itself, in bytes. */
const SMALL = 1024;

/** A value that was loaded, until it has to make room. */
interface Loaded {
  value: unknown;
  isKept: boolean;
  readonly size: number;
}

/**
 * Values that were loaded, so that `data.x[0] + data.x[1]` decodes x once. A value lives no longer than the object it was loaded by:
 * who drops a run, a task or a whole client has dropped the values as well. And the least recently used of the larger ones go earlier,
 * when together they exceed the limit, so that a loop over thousands of tasks does not fill the memory; the newest stays whatever its
 * size. Two objects never share a value, since what they give may be changed in place.
 */
export class ValueCache {
  readonly #limit: number;
  // Holds values, never the objects they were loaded by: those hold a store open.
  readonly #large = new Set<Loaded>();
  readonly #whenForgotten = new FinalizationRegistry<Loaded>((loaded) => this.#drop(loaded));
  #size = 0;

  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  /** A place for one value; `size` gives its bytes, uncompressed, once it is loaded. */
  slot(size: () => number, load: () => unknown): ValueSlot {
    return new ValueSlot(this, size, load);
  }

  /** Takes charge of the value of a slot, just loaded. */
  keep(slot: ValueSlot, value: unknown, size: number): Loaded {
    const loaded: Loaded = { value, isKept: true, size };
    if (size <= SMALL) return loaded;
    this.#large.add(loaded);
    this.#whenForgotten.register(slot, loaded);
    this.#size += size;
    for (const oldest of this.#large) {
      if (this.#size <= this.#limit || oldest === loaded) break;
      this.#drop(oldest);
    }
    return loaded;
  }

  /** Notes that a value was used. */
  use(loaded: Loaded): void {
    if (this.#large.delete(loaded)) this.#large.add(loaded);
  }

  #drop(loaded: Loaded): void {
    if (!this.#large.delete(loaded)) return;
    this.#size -= loaded.size;
    loaded.isKept = false;
    loaded.value = undefined;
  }
}

/** Where a stored artifact keeps its value. */
export class ValueSlot {
  readonly #cache: ValueCache;
  readonly #size: () => number;
  readonly #load: () => unknown;
  #loaded: Loaded | undefined;

  constructor(cache: ValueCache, size: () => number, load: () => unknown) {
    this.#cache = cache;
    this.#size = size;
    this.#load = load;
  }

  /** The value, loaded unless it is kept. Throws what loading it throws. */
  get value(): unknown {
    if (this.#loaded?.isKept) this.#cache.use(this.#loaded);
    else this.#loaded = this.#cache.keep(this, this.#load(), this.#size());
    return this.#loaded.value;
  }
}
