import { OxbowError } from '../errors.ts';
import { RefChangedError } from '../git/errors.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { isRunAlive } from './heartbeat.ts';
import { SPINS, spinRef } from './layout.ts';
import { newRunId } from './run-id.ts';
import { RunReader } from './run-reader.ts';

/** How many spins of a flow are kept, the newest. */
export const KEPT_SPINS = 10;
/** How long a spin is kept, in milliseconds. */
export const SPIN_AGE = 7 * 86_400_000;

/** Names of the flows that have spins, sorted. */
export const flowsWithSpins = ({ refs }: Repository): string[] => refs.folders(SPINS);

/** Ids of a flow's spins that begin with `prefix`, oldest first. Reads none. */
export function spinIds({ refs }: Repository, flow: string, prefix = ''): string[] {
  const folder = spinRef(flow, '');
  return refs
    .names(spinRef(flow, prefix))
    .map((ref) => ref.slice(folder.length))
    .sort();
}

/**
 * Drops the refs of a flow's spins that are too many or too old; what they alone hold goes with the next gc. One that goes on stays.
 * Returns their ids.
 */
export function dropOldSpins(repository: Repository, flow: string, now = Date.now()): string[] {
  const ids = spinIds(repository, flow);
  const tooMany = ids.length - KEPT_SPINS;
  // Ids sort by time.
  const oldest = newRunId(new Date(now - SPIN_AGE));
  return ids.filter((id, index) => (index < tooMany || id < oldest) && drop(repository, flow, id));
}

function drop(repository: Repository, flow: string, id: string): boolean {
  const ref = spinRef(flow, id);
  const from = repository.refs.read(ref);
  if (from === undefined || goesOn(repository, { name: `${flow}/${id}`, commit: from })) return false;
  try {
    repository.refs.delete(ref, { from });
    return true;
  } catch (error) {
    if (error instanceof RefChangedError) return false;
    throw error;
  }
}

function goesOn(
  repository: Repository,
  { name, commit }: { readonly name: string; readonly commit: ObjectId },
): boolean {
  try {
    const { record } = new RunReader(repository, name, commit);
    return record.status === 'running' && isRunAlive(repository.path, record) !== false;
  } catch (error) {
    if (error instanceof OxbowError) return false;
    throw error;
  }
}
