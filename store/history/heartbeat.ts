import { lstatSync } from 'node:fs';
import { TemporaryFile } from '../atomic-file.ts';
import { isAlive } from '../process-mark.ts';
import type { SideFolder } from '../side-folder.ts';
import { HEARTBEAT, liveFolder } from './live-log-file.ts';
import { removeEmpty } from './live-log-remove.ts';
import type { RunRecord } from './schema.ts';

/** How often a run that goes on says so, in milliseconds. */
const BEAT = 10_000;
/** How long after the last sign a run counts as gone, in milliseconds: a network file system tells of changes up to a minute late. */
const SILENCE = 120_000;

/**
 * A file that is written again and again while a run goes on, beside the git objects, so that those who share the folder from another
 * computer, where the process cannot be seen, can tell a run that goes on from one that has crashed.
 */
export class Heartbeat {
  readonly #folder: SideFolder;
  /** The flow and the id of the run. */
  readonly #run: readonly string[];
  readonly #timer: NodeJS.Timeout;

  private constructor(folder: SideFolder, run: readonly string[]) {
    this.#folder = folder;
    this.#run = run;
    this.#timer = setInterval(() => this.#beat(), BEAT).unref();
    this.#beat();
  }

  /** Begins to beat for a run, given as `Flow/id`, of the store in a folder. A disk that takes nothing is no reason to fail. */
  static start(store: string, run: string): Heartbeat {
    return new Heartbeat(liveFolder(store), run.split('/'));
  }

  /** No more beats. Unless the run's end is recorded the last one stays, to tell by its age that the run has crashed. */
  stop({ isRecorded }: { readonly isRecorded: boolean }): void {
    clearInterval(this.#timer);
    if (!isRecorded) return;
    try {
      this.#folder.removeFile(...this.#run, HEARTBEAT);
      removeEmpty(this.#folder, this.#run, 3);
    } catch {
      // Maintenance removes what is left of a run that has ended.
    }
  }

  #beat(): void {
    try {
      this.#folder.make(...this.#run);
      // The file's time is that of the computer that has the disk.
      this.#folder.write([...this.#run, HEARTBEAT], Buffer.from(`${process.pid}\n`));
    } catch {
      // The next one may succeed.
    }
  }
}

/**
 * Whether the process of a run still lives. Where it cannot be seen, the heartbeat tells; undefined where there is none either, as
 * in a copy of the store made with git.
 */
export function isRunAlive(store: string, { flow, id, process }: RunRecord): boolean | undefined {
  const alive = isAlive(process);
  if (alive !== undefined) return alive;
  const last = liveFolder(store).changedAt(flow, id, HEARTBEAT);
  if (last === undefined) return undefined;
  // Most often the two clocks agree, and a beat is young by both.
  return isRecent(last, Date.now()) || isRecent(last, diskTime(store));
}

const isRecent = (last: number, now: number | undefined): boolean =>
  now !== undefined && now - last <= SILENCE;

/** The time by the clock that stamps files of the store, which may be another computer's; undefined where nothing may be written. */
function diskTime(store: string): number | undefined {
  try {
    const file = TemporaryFile.in(store);
    try {
      file.write(Buffer.from('\n'));
      return lstatSync(file.path).mtimeMs;
    } finally {
      file.discard();
    }
  } catch {
    return undefined;
  }
}
