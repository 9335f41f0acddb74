import type { SideFolder } from '../side-folder.ts';
import { ARRIVALS_AGAIN, attemptIn, HEARTBEAT, LIVE_FILES } from './live-log-file.ts';

/** Removes the files of one attempt, given by the names that lead to them, and the folders around them that become empty. */
export function removeAttempt(folder: SideFolder, path: readonly string[]): void {
  for (const name of [...Object.values(LIVE_FILES), ARRIVALS_AGAIN]) folder.removeFile(...path, name);
  removeEmpty(folder, path, 4);
}

/** Removes all files of a run, given by its flow and id; those that are not ours stay, with the folders they lie in. False then. */
export function removeLiveRun(folder: SideFolder, run: readonly [flow: string, id: string]): boolean {
  for (const step of folder.folders(...run)) {
    for (const name of folder.folders(...run, step))
      if (attemptIn(step, name)) removeAttempt(folder, [...run, step, name]);
    folder.removeEmpty(...run, step);
  }
  folder.removeFile(...run, HEARTBEAT);
  removeEmpty(folder, run, 2);
  return !folder.isOwn(...run);
}

/** Removes a folder and those around it, as long as they are empty; `levels` of them. */
export function removeEmpty(folder: SideFolder, path: readonly string[], levels: number): void {
  for (let depth = path.length; depth > path.length - levels; depth -= 1)
    if (!folder.removeEmpty(...path.slice(0, depth))) return;
}
