import {
  type ObjectId,
  type PackDraft,
  type PackedObject,
  PackHolds,
  PackSink,
  type Repository,
  type WorkerPack,
  weightOf,
} from '#store';

type ChunkIntake = ReturnType<PackSink['openPack']>;

/** Objects of one task beyond this many bytes are written to a pack by the worker itself. */
const SPILL_BYTES = 8 * 1024 * 1024;
/** An object at least this large is looked up in the store before it is sent or written again. */
const LOOKUP_BYTES = 4096;
/** A part of this many bytes goes straight to a pack, with the help of other threads: starting them takes as long as 8 MB. */
const LARGE_BYTES = 16 * 1024 * 1024;

/**
 * Collects what one task stores. Small results travel to the scheduler, which packs them with those of other tasks; large
 * ones are written here, in parallel with other workers, as packs that carry a .keep until the scheduler's checkpoint.
 */
export class WorkerSink extends PackSink {
  readonly #repository: Repository;
  readonly #keep: string;
  readonly #holds: PackHolds;
  readonly #spilled = new Set<ObjectId>();
  #packs: WorkerPack[] = [];
  /** A pack on its way to the disk, and what is in it. */
  #spill: { readonly draft: PackDraft; readonly objects: readonly PackedObject[] } | undefined;
  /** A pack could not be written for the task at hand. */
  #isFull = false;

  /** `holds` may be shared with other sinks of the process. */
  constructor(repository: Repository, keep: string, holds = new PackHolds(repository, keep)) {
    super();
    this.#repository = repository;
    this.#keep = keep;
    this.#holds = holds;
  }

  override add(object: PackedObject): ObjectId {
    const { id } = object;
    if (this.#spilled.has(id)) return id;
    if (object.deflated.byteLength >= LOOKUP_BYTES && this.#holds.has(id)) return id;
    super.add(object);
    if (this.bytes > SPILL_BYTES && !this.#isFull) this.#spillOver();
    return id;
  }

  chunks(part: { readonly count?: number; readonly bytes?: number }): ChunkIntake {
    if (part.bytes !== undefined && part.bytes < LARGE_BYTES) return undefined;
    return this.openPack({
      packFolder: this.#repository.packFolder,
      keep: this.#keep,
      count: part.count,
      has: (id) => this.has(id),
      onPack: ({ path }, objects) => {
        this.#packs.push({ path, objects });
        for (const { id } of objects) this.#spilled.add(id);
      },
    });
  }

  override has(id: ObjectId): boolean {
    return this.#spilled.has(id) || super.has(id) || this.#holds.has(id);
  }

  /** Hands over the packs written since the last call. What could not be written to one is left to be taken. */
  takePacks(): WorkerPack[] {
    try {
      this.complete();
    } catch {
      // The objects are here again: who records them meets the same trouble, and tells of it.
    }
    const packs = this.#packs;
    this.#packs = [];
    this.#spilled.clear();
    this.#isFull = false;
    return packs;
  }

  override complete(): void {
    const spill = this.#spill;
    this.#spill = undefined;
    if (spill === undefined) return;
    try {
      const { path } = spill.draft.publish({ keep: this.#keep, sync: 'contents' });
      this.#packs.push({ path, objects: spill.objects.map(weightOf) });
    } catch (error) {
      this.#putBack(spill.objects);
      throw error;
    } finally {
      spill.draft.discard();
    }
  }

  // The disk works on one pack while the next one fills.
  #spillOver(): void {
    const objects = this.take();
    try {
      this.complete();
      const draft = this.#repository.draftPack(objects);
      if (draft) this.#spill = { draft, objects };
      for (const { id } of objects) this.#spilled.add(id);
    } catch (error) {
      this.#putBack(objects);
      throw error;
    }
  }

  // What the task stored before, and has the ids of, is recorded with its failure; that must not fail again.
  #putBack(objects: readonly PackedObject[]): void {
    this.#isFull = true;
    for (const object of objects) {
      this.#spilled.delete(object.id);
      super.add(object);
    }
  }
}
