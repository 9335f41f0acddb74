import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { isRunAlive } from './heartbeat.ts';
import { readRun } from './run-reader.ts';

const HELD = 'refs/oxbow/held/';

/** A run at one of its commits. */
export interface HeldRun {
  /** `Flow/id`. */
  readonly name: string;
  readonly commit: ObjectId;
}

const folderOf = (holder: string): string => `${HELD}${holder}/`;

/**
 * Keeps runs for one that is about to point at their tasks, whoever deletes them meanwhile: a ref below `refs/oxbow/held/<Flow>/<id of the holder>/`
 * points at the commit of each, which no collection of garbage drops then. Who holds must look afterwards whether the runs are there still.
 */
export function holdRuns(repository: Repository, holder: string, runs: readonly HeldRun[]): void {
  for (const { name, commit } of runs)
    repository.refs.update(folderOf(holder) + name.replace('/', '-'), { to: commit });
}

/** Lets go of what a run holds: its own ref reaches what it has taken over. */
export function releaseRuns(repository: Repository, holder: string): void {
  const { refs } = repository;
  for (const name of refs.names(folderOf(holder))) refs.delete(name, {});
}

/** Lets go of what runs hold that have ended, or crashed; returns how many refs went. */
export function releaseForgotten(repository: Repository): number {
  const forgotten = repository.refs.names(HELD).filter((name) => {
    const [flow = '', id = ''] = name.slice(HELD.length).split('/');
    return isOver(repository, flow, id);
  });
  for (const name of forgotten) repository.refs.delete(name, {});
  return forgotten.length;
}

function isOver(repository: Repository, flow: string, id: string): boolean {
  try {
    const record = readRun(repository, flow, id)?.record;
    return record?.status !== 'running' || isRunAlive(repository.path, record) === false;
  } catch {
    // Damage is for fsck to tell, and nothing to add to.
    return false;
  }
}
