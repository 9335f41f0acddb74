import { ArtifactReader, type ObjectSource, readObservers, type TreeEntry } from '#store';
import { valueCache } from './value-cache.ts';

/** An artifact in the store under its address: loads once within the limits of the cache, and reports every look. */
export class StoredArtifact {
  /** `Flow/run/step/task/name`, or `Flow/run/parameters/name`. */
  readonly address: string;
  readonly reader: ArtifactReader;

  constructor(source: ObjectSource, entry: TreeEntry, address: string) {
    this.address = address;
    this.reader = new ArtifactReader(source, entry);
  }

  /** The value. */
  load(): unknown {
    this.#report();
    return valueCache.get(this, this.reader.size, () => this.reader.load());
  }

  /** Number of elements when the value is one whose elements load alone. */
  get length(): number | undefined {
    return this.reader.length;
  }

  /** One element, without loading the others. */
  element(index: number): unknown {
    this.#report();
    return this.reader.element(index);
  }

  #report(): void {
    for (const observe of readObservers) observe({ address: this.address, digest: this.reader.digest });
  }
}
