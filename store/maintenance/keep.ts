import { rmSync } from 'node:fs';
import type { Repository } from '../git/repository.ts';
import { RunReader, runCommitOf } from '../history/run-reader.ts';
import type { RunRecord } from '../history/schema.ts';
import { entryAt, isAbsent, namesIn, readPlain, StoreEntryError } from '../plain-files.ts';
import { isAlive, parseProcessMark, processMark, thisProcess } from '../process-mark.ts';
import { PackFile } from './pack-file.ts';

/** How long a run on another machine, of whose process nothing can be known, counts as going on without a sign; in ms. */
export const SILENCE = 14 * 86_400_000;

/**
 * Who keeps a pack: `living`, a run that goes on; `maintenance`, which is at work; `dead`, one of these whose process is gone;
 * `foreign`, not one of ours.
 */
export type Keeper = 'living' | 'maintenance' | 'dead' | 'foreign';

/** What the .keep of a pack says that maintenance writes, until it is sure to stay. */
export const maintenanceKeep = (): string => `oxbow maintenance ${processMark(thisProcess())}\n`;

/** Judges the .keep file of a pack; undefined when there is none. */
export function keeperOf(repository: Repository, pack: Pick<PackFile, 'file'>): Keeper | undefined {
  const keep = readKeep(pack.file('keep'));
  if (keep === undefined) return undefined;
  const [, flow, id = '', mark = ''] = KEEP.exec(keep.text) ?? [];
  const process = parseProcessMark(mark);
  if (process === undefined) return 'foreign';
  const alive = isAlive(process);
  const living = flow === undefined ? 'maintenance' : 'living';
  if (alive !== undefined) return alive ? living : 'dead';
  if (flow === undefined) return Date.now() - keep.time > SILENCE ? 'dead' : living;
  const run = recordOf(repository, flow, id);
  // All refs of a run that has ended are where they will stay, so nothing of it needs the .keep any more.
  if (run !== undefined && run.record.status !== 'running') return 'dead';
  const lastSign = Math.max(keep.time, run?.checkpointAt ?? 0);
  return Date.now() - lastSign > SILENCE ? 'dead' : 'living';
}

// keepText in ../history/run-packs.ts writes it.
const KEEP = /^oxbow (?:run ([^/\s]+)\/(\S+)|maintenance) (pid .*)\n$/;

/**
 * Removes what killed writers of packs left: the .keep of a pack that is whole, all of one that never got its index or has lost it.
 * Returns the packs' names.
 */
export function removeDeadKeeps(repository: Repository): string[] {
  const dead = deadKeeps(repository);
  for (const pack of dead) {
    // A pack without an index is none: nobody has ever seen it, or it was being removed.
    const last = entryAt(pack.file('idx')) ? (['keep'] as const) : (['rev', 'pack', 'keep'] as const);
    for (const suffix of last) rmSync(pack.file(suffix), { force: true });
  }
  return dead.map(({ name }) => name);
}

/** The .keep files whose writer is dead. */
export function deadKeeps(repository: Repository): PackFile[] {
  return keptNames(repository.packFolder)
    .map((name) => new PackFile(repository.packFolder, name, NO_STAT))
    .filter((pack) => keeperOf(repository, pack) === 'dead');
}

/** There may be no pack. */
const NO_STAT = { size: 0, mtimeMs: 0, ino: 0 };

function keptNames(folder: string): string[] {
  return namesIn(folder)
    .filter((file) => file.endsWith('.keep'))
    .map((file) => file.slice(0, -'.keep'.length));
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
    const commit = runCommitOf(repository, flow, id);
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
    const text = readPlain(path).toString();
    return { text, time: entryAt(path)?.mtimeMs ?? 0 };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    // Whatever it is, nobody of ours put it there: as foreign as a .keep of another program.
    if (error instanceof StoreEntryError) return { text: '', time: 0 };
    throw error;
  }
}
