import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeStaleTemporaries, staleTemporaries } from '../atomic-file.ts';
import { Repository } from '../git/repository.ts';
import { releaseForgotten } from '../history/held-runs.ts';
import { runRef } from '../history/layout.ts';
import { entryAt } from '../plain-files.ts';
import { removeForgottenLocks } from './forgotten-locks.ts';
import { deadKeeps, removeDeadKeeps } from './keep.ts';
import { removeLeftoverCode } from './leftover-code.ts';
import { removeNeedlessLiveLogs } from './live-logs.ts';
import { takeMaintenanceLock } from './lock.ts';
import { mergeablePacks, mergePacks } from './merge-packs.ts';
import { dropSpareNames, spareNames } from './pack-names.ts';
import { looseRefCount, packLooseRefs } from './ref-table.ts';
import { bringBackWithdrawn, hasWithdrawn } from './withdraw.ts';

/** So many packs may be out of geometric shape before it pays to start a process. */
const PACKS = 16;
/** So many runs of one flow may have a ref file of their own. */
const LOOSE_REFS = 1000;
/** Temporary files of a writer older than this, in milliseconds, were left by one that was killed. */
const STALE = 86_400_000;

/**
 * Whether the store would gain from maintenance: the cheap question a run asks at its end (a few folders are listed).
 */
export function maintenanceDue(repository: Repository, flow: string): boolean {
  if (mergeablePacks(repository) > PACKS || spareNames(repository) > PACKS) return true;
  if (isLittered(repository)) return true;
  return looseRefCount(repository, `${runRef(flow, '')}`) > LOOSE_REFS;
}

/** Whether a process was killed here and has left something. */
function isLittered(repository: Repository): boolean {
  if (deadKeeps(repository).length > 0 || hasWithdrawn(repository)) return true;
  return foldersOf(repository).some((folder) => staleTemporaries(folder, STALE).length > 0);
}

/**
 * Starts maintenance in a process of its own when it is due, at the lowest priority; nobody waits for it, and whoever started it
 * may end first. True when it was started.
 */
export function maintainInBackground(repository: Repository, flow: string): boolean {
  if (!maintenanceDue(repository, flow)) return false;
  const child = spawn(process.execPath, [...backgroundScript(), repository.path], {
    cwd: '/',
    detached: true,
    stdio: 'ignore',
  });
  // A process that cannot be started is no reason to trouble a run that has ended; the next run tries again.
  child.on('error', () => {});
  child.unref();
  if (child.pid !== undefined) lowerPriority(child.pid);
  return true;
}

/** What {@link maintain} did; undefined numbers were not looked at. */
export interface MaintenanceReport {
  readonly mergedPacks: number;
  readonly packedRefs: number;
  readonly removedFiles: number;
}

/**
 * Brings a store into shape without dropping anything: what a killed gc withdrew comes back, .keep files of dead runs and
 * stale temporary files go, packs are merged, loose refs packed. Undefined when another process is at it.
 */
export function maintain(repository: Repository): MaintenanceReport | undefined {
  const lock = takeMaintenanceLock(repository.path);
  if (lock === undefined) return undefined;
  try {
    return shape(repository);
  } finally {
    lock.release();
  }
}

/** {@link maintain} for a caller that holds the lock. */
export function shape(repository: Repository): MaintenanceReport {
  const removedFiles = tidy(repository);
  const mergedPacks = mergePacks(repository).merged;
  const packedRefs = looseRefCount(repository, 'refs/') > LOOSE_REFS ? packLooseRefs(repository) : 0;
  return { mergedPacks, packedRefs, removedFiles };
}

/** Brings back what a killed gc withdrew and removes what killed writers left. Returns how many files went. */
export function tidy(repository: Repository): number {
  bringBackWithdrawn(repository);
  const locks = removeForgottenLocks(repository);
  const keeps = removeDeadKeeps(repository).length;
  const names = dropSpareNames(repository);
  const holds = releaseForgotten(repository);
  return foldersOf(repository).reduce(
    (sum, folder) => sum + removeStaleTemporaries(folder, STALE).length,
    locks +
      keeps +
      names +
      holds +
      removeNeedlessLiveLogs(repository) +
      removeLeftoverCode(repository, STALE),
  );
}

/** Where temporary files may be. */
function foldersOf({ path, packFolder }: Repository): string[] {
  const folders = [path, join(path, 'objects'), packFolder];
  return folders.filter((folder) => entryAt(folder)?.isDirectory());
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system does not let us.
  }
}

/** What node is to run: the script compiled in dist/ or, in tests of the package, its source. */
function backgroundScript(): string[] {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.ts'))
    return ['--import', import.meta.resolve('tsx'), join(dirname(here), 'background.ts')];
  // The bundler may put this file anywhere below dist/.
  return [
    join(here.slice(0, here.lastIndexOf('/dist/') + '/dist'.length), 'store/maintenance/background.js'),
  ];
}

/** What the background process does: opens the store and maintains it. */
export function maintainAt(path: string): void {
  const repository = Repository.open(path);
  try {
    maintain(repository);
  } finally {
    repository.close();
  }
}
