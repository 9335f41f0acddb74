import { rmSync } from 'node:fs';
import type { PackedObject } from '../git/packed-object.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { processMark } from '../process-mark.ts';
import { PackSink } from './pack-sink.ts';
import type { RunRecord } from './schema.ts';

/** What the .keep file of a run's pack says: whose it is, and how to tell that its writer is gone. */
export function keepText({ flow, id, process }: Pick<RunRecord, 'flow' | 'id' | 'process'>): string {
  return `oxbow run ${flow}/${id} ${processMark(process)}
`;
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
  /** Packs that the last one makes needless. */
  #superseded: string[] = [];

  constructor(repository: Repository, run: RunRecord) {
    super();
    this.#repository = repository;
    this.#keep = keepText(run);
  }

  override add(object: PackedObject): ObjectId {
    if (!this.get(object.id)) this.#repository.hold(object);
    return super.add(object);
  }

  /** Takes over packs that a worker wrote with this run's .keep; their names last from the next checkpoint on. */
  adopt(packs: readonly string[]): void {
    this.#adopted.push(...packs);
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
   * earlier packs hold copied as it is compressed. {@link settle} then drops those.
   */
  syncWhole(): void {
    const repository = this.#repository;
    const earlier = [...this.#data];
    const superseded = [...this.#packs];
    this.#writeWaiting([this, this.structure], (fresh) => {
      const ids = new Set(fresh.map(({ id }) => id));
      function* objects() {
        for (const id of earlier) if (!ids.has(id)) yield repository.packed(id);
        yield* fresh;
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
    for (const pack of [...this.#adopted, ...this.#packs]) rmSync(beside(pack, '.keep'), { force: true });
  }

  /** Removes everything: the run could not begin, and no ref reaches it. */
  discard(): void {
    for (const pack of this.#packs) remove(pack);
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

/** The file of another kind that belongs to a pack. */
const beside = (pack: string, kind: '.idx' | '.keep'): string => pack.replace(/\.pack$/, kind);

/** The index goes first: without it nobody looks into the pack. */
function remove(pack: string): void {
  for (const path of [beside(pack, '.idx'), pack, beside(pack, '.keep')]) rmSync(path, { force: true });
}
