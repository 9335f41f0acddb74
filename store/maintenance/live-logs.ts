import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../atomic-file.ts';
import type { Repository } from '../git/repository.ts';
import { runRef } from '../history/layout.ts';
import { LIVE, liveFolder } from '../history/live-log-file.ts';
import { readRun } from '../history/run-reader.ts';
import { allRefs } from './ref-table.ts';
import { trashedRuns } from './trash.ts';

/**
 * Removes what attempts have written of runs that have ended, or are deleted for good. What a run wrote that crashed stays as long as
 * the run: it is all there is to tell how far its last tasks came. Returns how many runs' files went.
 */
export function removeNeedlessLiveLogs(repository: Repository): number {
  const root = join(repository.path, LIVE);
  const runs = namesIn(root).flatMap((flow) => namesIn(join(root, flow)).map((id) => ({ flow, id })));
  if (runs.length === 0) return 0;
  const trash = new Set(trashedRuns(allRefs(repository)).map(({ flow, id }) => `${flow}/${id}`));
  const needless = runs.filter(({ flow, id }) => !trash.has(`${flow}/${id}`) && isOver(repository, flow, id));
  for (const { flow, id } of needless) {
    rmSync(liveFolder(repository.path, `${flow}/${id}`), { recursive: true, force: true });
    removeIfEmpty(join(root, flow));
  }
  return needless.length;
}

function isOver(repository: Repository, flow: string, id: string): boolean {
  if (repository.refs.read(runRef(flow, id)) === undefined) return true;
  try {
    return readRun(repository, flow, id)?.record.status !== 'running';
  } catch {
    // Damage is for fsck to tell; what the run wrote may be all that is left of it.
    return false;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errorCode(error))) throw error;
  }
}
