import { rmSync } from 'node:fs';
import { syncFile } from '../atomic-file.ts';
import type { PackedObject } from '../git/packed-object.ts';
import type { WrittenPack } from '../git/pack-write.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { PackSink } from './pack-sink.ts';
import type { RunRecord } from './schema.ts';

/**
 * The packs of one run while it is written. Objects wait in memory, readable at once through the repository; `flush`
 * lets other processes read them, `sync` makes them durable, `settle` ends the run: its packs become ordinary ones.
 * Until then each carries a .keep, so that no `git gc` of somebody else takes what no ref reaches yet.
 */
export class RunPacks extends PackSink {
  readonly #repository: Repository;
  readonly #keep: string;
  readonly #packs: WrittenPack[] = [];
  #unsynced: WrittenPack[] = [];

  constructor(repository: Repository, run: RunRecord) {
    super();
    this.#repository = repository;
    const { pid, host, boot = '' } = run.process;
    this.#keep = `oxbow run ${run.flow}/${run.id} pid ${pid} host ${host} boot ${boot}\n`;
  }

  override add(object: PackedObject): ObjectId {
    if (!this.get(object.id)) this.#repository.hold(object);
    return super.add(object);
  }

  /** An object that waits in memory, or undefined when it is in a pack. */
  pending(id: ObjectId): PackedObject | undefined {
    return this.get(id);
  }

  /** Writes what waits to a pack without syncing it. */
  flush(): void {
    const pack = this.#write(false);
    if (pack) this.#unsynced.push(pack);
  }

  /** Writes what waits and makes all packs of the run durable. */
  sync(): void {
    for (const pack of this.#unsynced) {
      syncFile(pack.path);
      syncFile(pack.path.replace(/\.pack$/, '.idx'));
    }
    this.#unsynced = [];
    this.#write(true);
  }

  /** Ends the run: its packs lose their .keep. Call only after the ref that reaches their objects has moved. */
  settle(_commit: ObjectId): void {
    for (const pack of this.#packs) rmSync(pack.path.replace(/\.pack$/, '.keep'), { force: true });
  }

  #write(sync: boolean): WrittenPack | undefined {
    const objects = this.take();
    if (objects.length === 0) return undefined;
    const pack = this.#repository.writePack(objects, { keep: this.#keep, sync });
    this.#repository.release(objects.map((object) => object.id));
    if (pack) this.#packs.push(pack);
    return pack;
  }
}
