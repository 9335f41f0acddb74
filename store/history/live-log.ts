import { closeSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { writeFully } from '../atomic-file.ts';
import type { SideFolder } from '../side-folder.ts';
import type { Arrival } from './arrivals.ts';
import { recordText } from './layout.ts';
import {
  ARRIVALS_AGAIN,
  type AttemptName,
  attemptPath,
  LIVE_FILES,
  liveFolder,
  placeIn,
  type Ring,
  ringOf,
} from './live-log-file.ts';
import { removeAttempt } from './live-log-remove.ts';
import type { RunningTaskRecord } from './schema.ts';

/** The streams of a task. */
export type LogStream = 'stdout' | 'stderr';

/**
 * The files in which other processes read what a running attempt has written so far. They are not synced: what they hold counts
 * only as long as the attempt runs, or to see what a run did that crashed.
 */
export class LiveLog {
  readonly #folder: SideFolder;
  readonly #path: readonly string[];
  readonly #ring: Ring;
  readonly #files = new Map<string, number>();

  private constructor(folder: SideFolder, path: readonly string[], ring: Ring) {
    this.#folder = folder;
    this.#path = path;
    this.#ring = ring;
  }

  /** Makes the folder of an attempt of the run `Flow/id`. Throws the file system's own errors. */
  static begin(store: string, run: string, record: RunningTaskRecord): LiveLog {
    const folder = liveFolder(store);
    const path = attemptPath(run, record);
    folder.make(...path);
    folder.write([...path, LIVE_FILES.task], recordText(record));
    return new LiveLog(folder, path, ringOf(record.maxLogSize));
  }

  /** Writes bytes of a stream, the first of which is byte `at` of it. Throws the file system's own errors. */
  write(stream: LogStream, bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      const { position, room } = placeIn(this.#ring, at + done);
      const piece = bytes.subarray(done, done + room);
      writeFully(this.#file(LIVE_FILES[stream]), piece, position);
      done += piece.length;
    }
  }

  /** Fills `target` with bytes of a stream that were written and not overwritten since. */
  readInto(stream: LogStream, target: Uint8Array, from: number): void {
    const fd = this.#file(LIVE_FILES[stream]);
    const done = readRing(fd, target, { ring: this.#ring, from });
    if (done < target.length)
      throw new Error(
        `The file of ${stream} in ${join(this.#folder.path, ...this.#path)} was shortened by another process.`,
      );
  }

  /** Writes down when output came: after the bytes themselves, since a reader takes no more than is written down. */
  arrived(time: number, stream: LogStream, bytes: number): void {
    writeFully(
      this.#file(LIVE_FILES.arrivals),
      Buffer.from(arrivalText([time, stream === 'stdout' ? 0 : 1, bytes])),
    );
  }

  /** Writes down anew when all output came. */
  rewriteArrivals(arrivals: readonly Arrival[]): void {
    const path = [...this.#path, ARRIVALS_AGAIN];
    this.#folder.write(path, Buffer.from(arrivals.map(arrivalText).join('')));
    this.#close(LIVE_FILES.arrivals);
    this.#folder.rename(path, LIVE_FILES.arrivals);
  }

  /** Removes the files: the attempt is recorded. */
  remove(): void {
    for (const name of [...this.#files.keys()]) this.#close(name);
    removeAttempt(this.#folder, this.#path);
  }

  #file(name: string): number {
    let fd = this.#files.get(name);
    if (fd === undefined) {
      // Arrivals are appended; the streams are written where the ring says.
      const isAppended = name === LIVE_FILES.arrivals;
      fd = this.#folder.openOwn([...this.#path, name], { append: isAppended, empty: !isAppended });
      this.#files.set(name, fd);
    }
    return fd;
  }

  #close(name: string): void {
    const fd = this.#files.get(name);
    if (fd !== undefined) closeSync(fd);
    this.#files.delete(name);
  }
}

/** Fills `target` with bytes of a log out of its file, from byte `from` on. Returns how many there were. */
export function readRing(
  fd: number,
  target: Uint8Array,
  { ring, from }: { readonly ring: Ring; readonly from: number },
): number {
  let done = 0;
  while (done < target.length) {
    const { position, room } = placeIn(ring, from + done);
    const read = readSync(fd, target, done, Math.min(target.length - done, room), position);
    if (read === 0) break;
    done += read;
  }
  return done;
}

const arrivalText = ([time, stream, bytes]: Arrival): string => `${time} ${stream} ${bytes}\n`;

export type { AttemptName };
