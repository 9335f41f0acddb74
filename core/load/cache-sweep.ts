import { readdirSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DAY = 24 * 3_600_000;

/** What a cache of compiled flows may hold. */
export interface CacheBounds {
  /** What nobody has used for so long goes, in milliseconds. */
  readonly age: number;
  /** Above so many bytes, those go that have not been used for the longest. */
  readonly bytes: number;
  /** What was used so lately stays whatever it takes: a run may need it for its next worker. */
  readonly spared: number;
}

/** The bounds of a user's cache. */
export const CACHE_BOUNDS: CacheBounds = { age: 30 * DAY, bytes: 256 * 1024 * 1024, spared: DAY };

/** Once a day, removes from a cache what its bounds do not allow. A cache that cannot be swept stays as it is. */
export function sweepDaily(cache: string, now = Date.now()): void {
  const mark = join(cache, 'swept');
  try {
    if (now - (statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0) < DAY) return;
    writeFileSync(mark, '');
    utimesSync(mark, now / 1000, now / 1000);
    sweep(cache, CACHE_BOUNDS, now);
  } catch {
    // Nothing depends on it.
  }
}

/** Removes from a cache what is too old and, of the rest, the least used beyond its size. */
export function sweep(cache: string, { age, bytes, spared }: CacheBounds, now: number): void {
  let room = bytes;
  for (const { path, size, usedAt } of filesIn(cache).sort((a, b) => b.usedAt - a.usedAt)) {
    room -= size;
    const unused = now - usedAt;
    if (unused > age || (room < 0 && unused > spared)) rmSync(path, { force: true });
  }
  for (const folder of foldersIn(cache)) {
    // Not with force: somebody may compile into it now.
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  }
}

const foldersIn = (cache: string): string[] =>
  readdirSync(cache, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(cache, name));

const filesIn = (cache: string) =>
  foldersIn(cache).flatMap((folder) =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat?.isFile() ? [{ path, size: stat.size, usedAt: stat.mtimeMs }] : [];
    }),
  );
