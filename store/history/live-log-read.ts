import { closeSync, fstatSync } from 'node:fs';
import { checkRecordText } from '../limits.ts';
import type { SideFolder } from '../side-folder.ts';
import type { Arrival } from './arrivals.ts';
import type { LogStream } from './live-log.ts';
import { readRing } from './live-log.ts';
import {
  type AttemptName,
  attemptIn,
  attemptPath,
  headOf,
  LIVE_FILES,
  liveFolder,
  ringOf,
  tailStart,
} from './live-log-file.ts';
import { problemOfRunningTask } from './record-shape.ts';
import type { RunningTaskRecord } from './schema.ts';

/** An attempt that runs, or ran when its run crashed, as far as other processes can see it. */
export class LiveTask {
  /** `Flow/run`. */
  readonly run: string;
  readonly record: RunningTaskRecord;
  readonly #folder: SideFolder;
  readonly #path: readonly string[];

  private constructor(
    run: string,
    { folder, path }: { readonly folder: SideFolder; readonly path: readonly string[] },
    record: RunningTaskRecord,
  ) {
    this.run = run;
    this.#folder = folder;
    this.#path = path;
    this.record = record;
  }

  /** The newest attempt of a task, or undefined when none can be seen. */
  static find(store: string, run: string, step: string, task: string): LiveTask | undefined {
    return LiveTask.list(store, run, step).findLast(({ record }) => record.task === task);
  }

  /** All attempts of a run, or of one step of it, in no particular order but that of the attempts of a task. */
  static list(store: string, run: string, step?: string): LiveTask[] {
    const folder = liveFolder(store);
    const path = run.split('/');
    const steps = step === undefined ? folder.folders(...path) : [step];
    const attempts = steps.flatMap((name) =>
      folder.folders(...path, name).flatMap((file) => attemptIn(name, file) ?? []),
    );
    return attempts
      .sort((a, b) => a.attempt - b.attempt)
      .flatMap((attempt) => LiveTask.#open(folder, run, attempt) ?? []);
  }

  static #open(folder: SideFolder, run: string, attempt: AttemptName): LiveTask | undefined {
    const path = attemptPath(run, attempt);
    const bytes = folder.read(...path, LIVE_FILES.task);
    const record = bytes && recordOf(bytes, path);
    return record && new LiveTask(run, { folder, path }, record);
  }

  /** When output came so far; a reader takes as many bytes as these tell of. */
  arrivals(): Arrival[] {
    const text = this.#folder.read(...this.#path, LIVE_FILES.arrivals)?.toString() ?? '';
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).matchAll(/^(\d+) ([01]) (\d+)$/gm);
    return Array.from(lines, ([, time, stream, bytes]) => [
      Number(time),
      stream === '0' ? 0 : 1,
      Number(bytes),
    ]);
  }

  /** Where a reader reads on who has read so far, when `size` bytes of a stream were written: some may have been overwritten. */
  readable(from: number, size: number): number {
    return from < headOf(this.#ring) ? from : Math.max(from, tailStart(this.#ring, size));
  }

  /**
   * Bytes of a stream, or fewer: what goes round is not read on together with what stays, and none is there when the attempt has been
   * recorded meanwhile. What has been overwritten is not what it was.
   */
  read(stream: LogStream, from: number, until: number): Buffer {
    const head = headOf(this.#ring);
    const to = from < head ? Math.min(head, until) : until;
    const fd = this.#folder.open(...this.#path, LIVE_FILES[stream]);
    if (fd === undefined) return Buffer.alloc(0);
    try {
      // What the arrivals tell of need not be there.
      const target = Buffer.allocUnsafe(Math.max(0, Math.min(to - from, fstatSync(fd).size)));
      return target.subarray(0, readRing(fd, target, { ring: this.#ring, from }));
    } finally {
      closeSync(fd);
    }
  }

  get #ring() {
    return ringOf(this.record.maxLogSize);
  }
}

function recordOf(bytes: Buffer, path: readonly string[]): RunningTaskRecord | undefined {
  try {
    checkRecordText(bytes, () => path.join('/'));
    const record: unknown = JSON.parse(bytes.toString());
    return problemOfRunningTask(record) === undefined ? (record as RunningTaskRecord) : undefined;
  } catch {
    // It is being written, or nothing that a run wrote.
    return undefined;
  }
}
