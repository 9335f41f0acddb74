import { objectIdOf } from '../git/object.ts';
import type { TreeEntry } from '../git/tree.ts';
import { type AttemptLog, liveLog } from './attempt-log.ts';
import { LiveTask } from './live-log-read.ts';
import { type RunReader, TaskReader } from './run-reader.ts';
import type { TaskRecord } from './schema.ts';

/** A task that runs, as far as it can be seen: it has no artifacts yet. */
export class RunningTaskReader extends TaskReader {
  readonly #live: LiveTask;

  private constructor(run: RunReader, live: LiveTask) {
    super(run, live.record.step, live.record.task, objectIdOf('tree', Buffer.alloc(0)));
    this.#live = live;
  }

  /** A task of a run that goes on, or went on when the run crashed, and has run long enough to be seen; else undefined. */
  static find(run: RunReader, step: string, task: string): RunningTaskReader | undefined {
    const live = LiveTask.find(run.repository.path, run.name, step, task);
    return live && new RunningTaskReader(run, live);
  }

  /** All of these, of a run or of one step; of each attempt one. */
  static list(run: RunReader, step?: string): RunningTaskReader[] {
    return LiveTask.list(run.repository.path, run.name, step).map((live) => new RunningTaskReader(run, live));
  }

  override get record(): TaskRecord {
    const { maxLogSize, ...record } = this.#live.record;
    return { ...record, finishedAt: '', reads: {} };
  }

  override get output(): AttemptLog {
    return liveLog(this.#live);
  }

  override get entries(): Map<string, TreeEntry> {
    return new Map();
  }
}
