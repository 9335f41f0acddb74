import type { LongBlob, LongContent } from '../git/long-blob-write.ts';
import type { Repository } from '../git/repository.ts';
import { LiveLog } from './live-log.ts';
import { keepText } from './run-packs.ts';
import type { RunningTaskRecord, RunRecord } from './schema.ts';
import type { Troubles } from './troubles.ts';

/** Where the output of a run's attempts goes: while they run, and then. */
export class RunLogs {
  readonly #repository: Repository;
  readonly #run: RunRecord;
  readonly #troubles: Troubles;
  /** Of attempts that are recorded, but not durable yet. */
  #recorded: LiveLog[] = [];

  constructor(repository: Repository, run: RunRecord, troubles: Troubles) {
    this.#repository = repository;
    this.#run = run;
    this.#troubles = troubles;
  }

  /** Makes the files in which others read what an attempt writes. Throws the file system's own errors. */
  begin(record: RunningTaskRecord): LiveLog {
    return LiveLog.begin(this.#repository.path, `${this.#run.flow}/${this.#run.id}`, record);
  }

  /** Writes a log that may not fit into memory into a pack that the run is to adopt. */
  store(content: LongContent): Promise<LongBlob> {
    return this.#repository.writeLongBlob(content, { keep: keepText(this.#run) });
  }

  /** Removes the live files of an attempt. */
  remove(live: LiveLog): void {
    this.#troubles.attempt('clean-up', () => live.remove());
  }

  /** An attempt has been recorded. */
  recorded(live: LiveLog): void {
    this.#recorded.push(live);
  }

  /** What has been recorded can be read from the run: its live files go. */
  durable(): void {
    for (const live of this.#recorded.splice(0)) this.remove(live);
  }
}
