import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ObjectWeight, type PackedObject, weightOf } from '../git/packed-object.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { isAbsent, namesIn, readPlain, StoreEntryError } from '../plain-files.ts';
import { processMark } from '../process-mark.ts';
import { PackHolds } from './pack-holds.ts';
import { PackSink } from './pack-sink.ts';
import type { RunRecord } from './schema.ts';
import { SettledPacks } from './settled-packs.ts';

/** What the .keep file of a run's pack says: whose it is, and how to tell that its writer is gone. */
export function keepText({ flow, id, process }: Pick<RunRecord, 'flow' | 'id' | 'process'>): string {
  return `oxbow run ${flow}/${id} ${processMark(process)}\n`;
}

/** A pack that a worker wrote, synced but for its name, and what is in it. */
export interface WorkerPack {
  readonly path: string;
  readonly objects: readonly ObjectWeight[];
}

/**
 * The packs of one run while it is written. Objects wait in memory, readable at once through the repository; `flush`
 * lets other processes read them, `sync` makes them durable, `settle` ends the run: its packs become one.
 * Until then each carries a .keep, so that no `git gc` of somebody else takes what no ref reaches yet.
 */
export class RunPacks extends PackSink {
  /** What only the checkpoint at hand needs: the commit and the trees above the tasks. */
  readonly structure = new PackSink();
  readonly #repository: Repository;
  readonly #keep: string;
  /** Paths of the packs this process wrote, and of those that workers wrote. */
  readonly #packs: string[] = [];
  readonly #adopted: string[] = [];
  /** All that is to stay, of what this process wrote. */
  readonly #data = new Set<ObjectId>();
  /** What is in packs that workers wrote. */
  readonly #adoptedIds = new Set<ObjectId>();
  /** What the values of the run added to the store, each object once. */
  readonly added = { bytes: 0, logical: 0 };
  /** What runs that have ended had already when this run made it. */
  readonly #known = new Set<ObjectId>();
  /** What nothing of the run reaches any more. */
  readonly #forgotten = new Set<ObjectId>();
  readonly #settled: SettledPacks;
  readonly #others: PackHolds;
  /** Packs that the last one makes needless. */
  #superseded: string[] = [];

  constructor(repository: Repository, run: RunRecord) {
    super();
    this.#repository = repository;
    this.#keep = keepText(run);
    this.#others = new PackHolds(repository, this.#keep);
    this.#settled = new SettledPacks(repository);
    this.#settled.look();
  }

  override add(object: PackedObject): ObjectId {
    this.#take(object);
    return object.id;
  }

  /** Leaves objects out of the last pack: nothing of the run reaches them any more, unless they are added again. */
  forget(ids: Iterable<ObjectId>): void {
    for (const id of ids) this.#forgotten.add(id);
  }

  /** Takes in objects of values, and counts those that are new. */
  addValues(objects: readonly PackedObject[]): void {
    for (const object of objects) if (this.#take(object)) this.#count(weightOf(object));
  }

  /** Takes over packs that somebody wrote with this run's .keep; their names last from the next checkpoint on. */
  adopt(packs: readonly string[]): void {
    this.#adopted.push(...packs);
  }

  /** The same with the pack of a worker, counting what of it is new. */
  adoptValues({ path, objects }: WorkerPack): void {
    for (const object of objects) {
      if (!this.#holds(object.id)) this.#count(object);
      this.#adoptedIds.add(object.id);
    }
    this.adopt([path]);
  }

  /** Takes an object in unless the run has it; true when the store did not have it. */
  #take(object: PackedObject): boolean {
    const { id } = object;
    this.#forgotten.delete(id);
    if (this.#holds(id)) return false;
    this.#repository.hold(object);
    super.add(object);
    const isKnown = this.#settled.has(id);
    if (isKnown) this.#known.add(id);
    return !isKnown;
  }

  /** Whether the run has an object: in memory or in a pack of its own. */
  #holds(id: ObjectId): boolean {
    return this.has(id) || this.#data.has(id) || this.#adoptedIds.has(id);
  }

  #count({ bytes, logical }: ObjectWeight): void {
    this.added.bytes += bytes;
    this.added.logical += logical;
  }

  /**
   * Writes what waits to a pack, whose name lasts from the next checkpoint on. Its content is synced though no ref reaches it yet:
   * after a power cut a name without content would be a torn pack that `git fsck` tells of.
   */
  flush(): void {
    this.#writeWaiting([this], (objects) => this.#write(objects, 'contents'));
  }

  /** Writes what waits, and the structure of a checkpoint, and makes all packs of the run durable: one sync of the folder. */
  sync(): void {
    this.#writeWaiting([this, this.structure], (objects) => this.#write(objects));
  }

  /**
   * As {@link sync} for the last checkpoint, which must have its whole structure: writes one pack of all that stays, what
   * earlier packs hold copied as it is compressed, and without what runs that have ended have. {@link settle} then drops
   * those packs.
   */
  syncWhole(): void {
    const repository = this.#repository;
    const superseded = [...this.#packs];
    const earlier = [...this.#data];
    const leftOut = new Set([...this.#chooseLeftOut(), ...this.#forgotten]);
    this.#writeWaiting([this, this.structure], (fresh) => {
      const ids = new Set(fresh.map(({ id }) => id));
      function* objects() {
        for (const id of earlier) if (!ids.has(id) && !leftOut.has(id)) yield repository.packed(id);
        for (const object of fresh) if (!leftOut.has(object.id)) yield object;
      }
      const pack = this.#write(objects());
      this.#superseded = superseded.filter((path) => path !== pack);
    });
  }

  /**
   * Ends the run: drops the packs that the last one supersedes, with the structure of earlier checkpoints. Packs of workers,
   * which are large, stay as they are. Call only after the ref has moved to the last checkpoint.
   */
  settle(): void {
    for (const pack of this.#superseded) remove(pack);
    // Also of packs that workers wrote for tasks that failed, and of those they only held.
    for (const file of namesIn(this.#repository.packFolder)) {
      const path = join(this.#repository.packFolder, file);
      if (file.endsWith('.keep') && textOf(path) === this.#keep) rmSync(path, { force: true });
    }
  }

  /** Removes everything: the run could not begin, and no ref reaches it. */
  discard(): void {
    for (const pack of this.#packs) remove(pack);
  }

  /** What runs that have ended have, and what stays even if they are deleted at this moment. */
  #chooseLeftOut(): Set<ObjectId> {
    this.#settled.look();
    return new Set([...this.#known].filter((id) => this.#settled.has(id) && this.#others.hasElsewhere(id)));
  }

  /** Writes what waits in some sinks. What could not be written waits on: else a later checkpoint would lack it. */
  #writeWaiting<T>(sinks: readonly PackSink[], write: (objects: PackedObject[]) => T): T {
    const taken = sinks.map((sink) => sink.take());
    try {
      const written = write(taken.flat());
      // The first sink is the run's own: its objects stay, and were held to be read.
      for (const { id } of taken[0] ?? []) this.#data.add(id);
      this.#repository.release(taken.flat().map(({ id }) => id));
      return written;
    } catch (error) {
      for (const [at, objects] of taken.entries()) for (const object of objects) sinks[at]?.add(object);
      throw error;
    }
  }

  #write(objects: Iterable<PackedObject>, sync: true | 'contents' = true): string | undefined {
    const pack = this.#repository.writePack(objects, { keep: this.#keep, sync });
    if (pack) this.#packs.push(pack.path);
    return pack?.path;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readPlain(path).toString();
  } catch (error) {
    // Another run has ended meanwhile; or it is something that no run has put there.
    if (isAbsent(error) || error instanceof StoreEntryError) return undefined;
    throw error;
  }
}

/** The file of another kind that belongs to a pack. */
const beside = (pack: string, kind: '.idx' | '.keep'): string => pack.replace(/\.pack$/, kind);

/** The index goes first: without it nobody looks into the pack. */
function remove(pack: string): void {
  for (const path of [beside(pack, '.idx'), pack, beside(pack, '.keep')]) rmSync(path, { force: true });
}
