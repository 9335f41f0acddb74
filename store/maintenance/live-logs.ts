import type { Repository } from '../git/repository.ts';
import { runRef } from '../history/layout.ts';
import { liveFolder } from '../history/live-log-file.ts';
import { removeLiveRun } from '../history/live-log-remove.ts';
import { isRunId } from '../history/run-id.ts';
import { readRun } from '../history/run-reader.ts';
import { allRefs } from './ref-table.ts';
import { trashedRuns } from './trash.ts';

/**
 * Removes what attempts have written of runs that have ended, or are deleted for good. What a run wrote that crashed stays as long as
 * the run: it is all there is to tell how far its last tasks came. What another user wrote, or nobody of ours, stays too. Returns how many
 * runs' files went.
 */
export function removeNeedlessLiveLogs(repository: Repository): number {
  const folder = liveFolder(repository.path);
  const runs = folder
    .folders()
    .flatMap((flow) => folder.folders(flow).map((id) => [flow, id] as const))
    .filter(([flow, id]) => isRunId(id) && folder.isOwn(flow, id));
  if (runs.length === 0) return 0;
  const trash = new Set(trashedRuns(allRefs(repository)).map(({ flow, id }) => `${flow}/${id}`));
  const needless = runs.filter(([flow, id]) => !trash.has(`${flow}/${id}`) && isOver(repository, flow, id));
  return needless.filter((run) => removeLiveRun(folder, run)).length;
}

function isOver(repository: Repository, flow: string, id: string): boolean {
  try {
    if (repository.refs.read(runRef(flow, id)) === undefined) return true;
    return readRun(repository, flow, id)?.record.status !== 'running';
  } catch {
    // Damage is for fsck to tell; what the run wrote may be all that is left of it.
    return false;
  }
}
