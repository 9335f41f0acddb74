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
 * lets other processes read them, `sync` makes them durable, `settle` ends the run: its packs become ordinary ones.
 * Until then each carries a .keep, so that no `git gc` of somebody else takes what no ref reaches yet.
 */
export class RunPacks extends PackSink {
  readonly #repository: Repository;
  readonly #keep: string;
  /** Paths of the run's packs. */
  readonly #packs: string[] = [];
  #unsynced: string[] = [];

  constructor(repository: Repository, run: RunRecord) {
    super();
    this.#repository = repository;
    this.#keep = keepText(run);
  }

  override add(object: PackedObject): ObjectId {
    if (!this.get(object.id)) this.#repository.hold(object);
    return super.add(object);
  }

  /** An object that waits in memory, or undefined when it is in a pack. */
  pending(id: ObjectId): PackedObject | undefined {
    return this.get(id);
  }

  /** Takes over packs that a worker wrote, not synced yet, with this run's .keep. */
  adopt(packs: readonly string[]): void {
    this.#packs.push(...packs);
    this.#unsynced.push(...packs);
  }

  /** Writes what waits to a pack without syncing it. */
  flush(): void {
    const pack = this.#write(false);
    if (pack) this.#unsynced.push(pack);
  }

  /** Writes what waits and makes all packs of the run durable. */
  sync(): void {
    for (const pack of this.#unsynced) {
      syncFile(pack);
      syncFile(pack.replace(/\.pack$/, '.idx'));
    }
    this.#unsynced = [];
    this.#write(true);
  }

  /** Ends the run: its packs lose their .keep. Call only after the ref that reaches their objects has moved. */
  settle(_commit: ObjectId): void {
    for (const pack of this.#packs) rmSync(pack.replace(/\.pack$/, '.keep'), { force: true });
  }

  #write(sync: boolean): string | undefined {
    const objects = this.take();
    if (objects.length === 0) return undefined;
    const pack = this.#repository.writePack(objects, { keep: this.#keep, sync });
    this.#repository.release(objects.map((object) => object.id));
    if (pack) this.#packs.push(pack.path);
    return pack?.path;
  }
}
