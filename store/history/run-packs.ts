import { rmSync } from 'node:fs';
import { syncFile } from '../atomic-file.ts';
import type { PackedObject } from '../git/packed-object.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { PackSink } from './pack-sink.ts';
import type { RunRecord } from './schema.ts';

/** What the .keep file of a run's pack says: whose it is, and how to tell that its writer is gone. */
export function keepText({ flow, id, process: { pid, host, boot = '' } }: RunRecord): string {
  return `oxbow run ${flow}/${id} pid ${pid} host ${host} boot ${boot}\n`;
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
  #unsynced: string[] = [];
  /** All that is to stay, of what this process wrote; and the structure of the last checkpoint. */
  readonly #data = new Set<ObjectId>();
  #structure: ObjectId[] = [];

  constructor(repository: Repository, run: RunRecord) {
    super();
    this.#repository = repository;
    this.#keep = keepText(run);
  }

  override add(object: PackedObject): ObjectId {
    if (!this.get(object.id)) this.#repository.hold(object);
    return super.add(object);
  }

  /** Takes over packs that a worker wrote, not synced yet, with this run's .keep. */
  adopt(packs: readonly string[]): void {
    this.#adopted.push(...packs);
    this.#unsynced.push(...packs);
  }

  /** Writes what waits to a pack without syncing it. */
  flush(): void {
    const pack = this.#write(this.#takeData(), false);
    if (pack !== undefined) this.#unsynced.push(pack);
  }

  /** Writes what waits, and the structure of a checkpoint, and makes all packs of the run durable. */
  sync(): void {
    for (const pack of this.#unsynced) {
      syncFile(pack);
      syncFile(beside(pack, '.idx'));
    }
    this.#unsynced = [];
    const structure = this.structure.take();
    this.#structure = structure.map(({ id }) => id);
    this.#write([...this.#takeData(), ...structure], true);
  }

  /**
   * Ends the run: writes one pack of all that stays, copied as it is compressed, and drops the others with the structure of
   * earlier checkpoints. Packs of workers, which are large, stay as they are. Call only after the ref has moved to the last
   * checkpoint, which must have written its whole structure.
   */
  settle(): void {
    const merged = this.#merge();
    if (merged !== undefined) for (const pack of this.#packs) if (pack !== merged) remove(pack);
    for (const pack of [...this.#adopted, ...(merged === undefined ? this.#packs : [merged])]) {
      rmSync(beside(pack, '.keep'), { force: true });
    }
  }

  /** Removes everything: the run could not begin, and no ref reaches it. */
  discard(): void {
    for (const pack of this.#packs) remove(pack);
  }

  #merge(): string | undefined {
    if (this.#packs.length < 2) return undefined;
    const repository = this.#repository;
    function* objects(ids: Iterable<ObjectId>) {
      for (const id of ids) yield repository.packed(id);
    }
    const ids = new Set([...this.#data, ...this.#structure]);
    return repository.writePack(objects(ids), { keep: this.#keep, sync: true })?.path;
  }

  #takeData(): PackedObject[] {
    const objects = this.take();
    for (const { id } of objects) this.#data.add(id);
    return objects;
  }

  #write(objects: readonly PackedObject[], sync: boolean): string | undefined {
    if (objects.length === 0) return undefined;
    const pack = this.#repository.writePack(objects, { keep: this.#keep, sync });
    this.#repository.release(objects.map(({ id }) => id));
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
