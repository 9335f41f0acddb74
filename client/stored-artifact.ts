import { ArtifactReader, type ObjectSource, readObservers, type TreeEntry } from '#store';
import { lazyAt } from './lazy-at.ts';
import { valueCache } from './value-cache.ts';
import type { ValuePath } from './value-path.ts';

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
    const { reader } = this;
    return valueCache.get(this, reader.isFile ? 0 : reader.size, () => reader.load());
  }

  /** A part of the value, without loading more of it than it has to. Throws NotFoundError. */
  at(path: ValuePath): unknown {
    this.#report();
    return lazyAt(this.reader.view, path, this.address);
  }

  #report(): void {
    for (const observe of readObservers) observe({ address: this.address, digest: this.reader.digest });
  }
}
