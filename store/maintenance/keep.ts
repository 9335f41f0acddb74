import { readFileSync, rmSync, statSync } from 'node:fs';
import { errorCode } from '../atomic-file.ts';
import type { Repository } from '../git/repository.ts';
import { runRef } from '../history/layout.ts';
import { RunReader } from '../history/run-reader.ts';
import type { RunRecord } from '../history/schema.ts';
import { isAlive, parseProcessMark } from '../process-mark.ts';
import type { PackFile } from './pack-file.ts';

/** How long a run on another machine, of whose process nothing can be known, counts as going on without a sign; in ms. */
export const SILENCE = 14 * 86_400_000;

/** Who keeps a pack: `living`, a run that goes on; `dead`, a run whose process is gone; `foreign`, not one of ours. */
export type Keeper = 'living' | 'dead' | 'foreign';

/** Judges the .keep file of a pack; undefined when there is none. */
export function keeperOf(repository: Repository, pack: PackFile): Keeper | undefined {
  const keep = readKeep(pack.file('keep'));
  if (keep === undefined) return undefined;
  const [, flow = '', id = '', mark = ''] = KEEP.exec(keep.text) ?? [];
  const process = parseProcessMark(mark);
  if (process === undefined) return 'foreign';
  const alive = isAlive(process);
  if (alive !== undefined) return alive ? 'living' : 'dead';
  const run = recordOf(repository, flow, id);
  // All refs of a run that has ended are where they will stay, so nothing of it needs the .keep any more.
  if (run !== undefined && run.record.status !== 'running') return 'dead';
  const lastSign = Math.max(keep.time, run?.checkpointAt ?? 0);
  return Date.now() - lastSign > SILENCE ? 'dead' : 'living';
}

// keepText in ../history/run-packs.ts writes it.
const KEEP = /^oxbow run ([^/\s]+)\/(\S+) (pid .*)\n$/;

/** Removes the .keep of packs whose run is dead, and returns the packs' names. */
export function removeDeadKeeps(repository: Repository, packs: readonly PackFile[]): string[] {
  const dead = packs.filter((pack) => keeperOf(repository, pack) === 'dead');
  for (const pack of dead) rmSync(pack.file('keep'), { force: true });
  return dead.map(({ name }) => name);
}

/** Whether a run goes on, as far as can be known: its process lives, or is out of sight and gave a sign lately. */
export function goesOn(record: RunRecord, checkpointAt: number): boolean {
  if (record.status !== 'running') return false;
  return isAlive(record.process) ?? Date.now() - checkpointAt <= SILENCE;
}

/** A run's record, and when it was written in milliseconds since 1970; undefined when there is none that can be read. */
function recordOf(
  repository: Repository,
  flow: string,
  id: string,
): { readonly record: RunRecord; readonly checkpointAt: number } | undefined {
  try {
    const commit = repository.refs.read(runRef(flow, id));
    if (commit === undefined) return undefined;
    const { record } = new RunReader(repository, `${flow}/${id}`, commit);
    return { record, checkpointAt: repository.commit(commit).committer.seconds * 1000 };
  } catch {
    // Damage is for fsck to tell; here it only means that nothing is known.
    return undefined;
  }
}

function readKeep(path: string): { readonly text: string; readonly time: number } | undefined {
  try {
    return { text: readFileSync(path, 'utf8'), time: statSync(path).mtimeMs };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
