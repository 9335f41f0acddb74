import { ArtifactReader, type ObjectSource, type TreeEntry } from '#store';
import { lazyAt } from './lazy-at.ts';
import { noteRead } from './reads.ts';
import type { ValueCache, ValueSlot } from './value-cache.ts';
import type { ValuePath } from './value-path.ts';

/** Where values are read from, and kept once they are loaded. */
export interface ValueSource {
  readonly repository: ObjectSource;
  readonly values: ValueCache;
  /** Instances of classes that this process does not have are shown as they are stored, instead of an error. */
  readonly showsUnknown: boolean;
}

/** An artifact in the store under its address: loads once within the limits of the cache, and reports every look. */
export class StoredArtifact {
  /** `Flow/run/step/task/name`, or `Flow/run/parameters/name`. */
  readonly address: string;
  readonly reader: ArtifactReader;
  readonly #slot: ValueSlot;

  constructor({ repository, values, showsUnknown }: ValueSource, entry: TreeEntry, address: string) {
    this.address = address;
    const plainClasses = showsUnknown ? 'named' : false;
    const reader = new ArtifactReader(repository, entry, undefined, { plainClasses });
    this.reader = reader;
    this.#slot = values.slot(
      () => (reader.isFile ? 0 : reader.size),
      () => reader.load(),
    );
  }

  /** The value. */
  load(): unknown {
    this.#report();
    return this.#slot.value;
  }

  /** A part of the value, without loading more of it than it has to. Throws NotFoundError. */
  at(path: ValuePath): unknown {
    this.#report();
    return lazyAt(this.reader.view, path, this.address);
  }

  #report(): void {
    noteRead(this.address, () => this.reader.digest);
  }
}
