import { OxbowError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import { adoptClonedRuns } from '../history/cloned-runs.ts';
import { RunReader } from '../history/run-reader.ts';
import { dropOldSpins, flowsWithSpins } from '../history/spins.ts';
import { tagsOf } from '../history/tags.ts';
import { dropSummaries } from '../summaries/summaries.ts';
import { type ArtifactUsage, artifactUsage } from './du.ts';
import type { OnProgress } from './events.ts';
import { whileMaintaining } from './lock.ts';
import { shape, tidy } from './maintain.ts';
import { type PruneReport, prune } from './prune.ts';
import { allRefs } from './ref-table.ts';
import { judgeRuns, type KeptRuns, type RetentionPolicy } from './retention.ts';
import { type ListedRun, listRuns, type RunRefOf, runsAmong } from './run-list.ts';
import {
  bringBack,
  dropUndeleted,
  expiredRefs,
  isTrash,
  moveToTrash,
  type TrashedRun,
  trashedRuns,
} from './trash.ts';
import { Usage } from './usage.ts';

/** How long a deleted run can be brought back, in milliseconds: as long as git keeps what nothing reaches. */
export const GRACE = 14 * 86_400_000;
/**
 * What nothing reaches and never lay in the trash was left by a killed writer, or belongs to a push that has not set its refs
 * yet: it stays this long at most, in milliseconds.
 */
const SETTLED = 86_400_000;

/** What a gc would do. */
export interface GcPlan {
  /** Oldest first by flow. */
  readonly runs: readonly PlannedRun[];
  /** Bytes that all of them together would free: more than the sum, because they share with each other. */
  readonly freed: number;
  /** Runs in the trash whose grace has ended, which the same gc would drop. */
  readonly expired: readonly TrashedRun[];
  /** Runs that cannot be read, which stay. */
  readonly damaged: readonly RunRefOf[];
  readonly kept: KeptRuns;
}

/** A run that a gc would delete, and what that would free. */
export interface PlannedRun extends ListedRun {
  /** Bytes that nothing else holds. */
  readonly exclusive: number;
  /** Bytes that others hold too, perhaps runs that would go as well. */
  readonly shared: number;
  /** What its artifacts take, when asked for. */
  readonly artifacts?: readonly ArtifactUsage[];
}

/** What {@link planGc} is asked. */
export interface PlanOptions {
  /** Whether to tell artifacts apart. */
  readonly artifacts?: boolean;
  readonly now?: number;
  readonly onProgress?: OnProgress | undefined;
}

/** Tells what a gc with this policy would delete and free. Changes nothing. */
export function planGc(repository: Repository, policy: RetentionPolicy, options: PlanOptions = {}): GcPlan {
  const { now = Date.now(), onProgress } = options;
  const refs = allRefs(repository);
  const { runs, damaged } = listRuns(repository, refs);
  const { going, kept } = judgeRuns(runs, policy, now);
  const expired = trashedRuns(refs).filter(({ until }) => until <= now);
  if (going.length === 0) return { runs: [], freed: 0, expired, damaged, kept };
  const usage = new Usage(repository, refs, { onProgress });
  const exclusive = usage.exclusiveByRun();
  const indexes = new Map(usage.runs.map(({ flow, id }, index) => [`${flow}/${id}`, index]));
  const indexOf = ({ flow, id }: RunRefOf): number => indexes.get(`${flow}/${id}`) ?? -1;
  const planned = going.map((run): PlannedRun => {
    const own = exclusive[indexOf(run)] ?? 0;
    const shared = (usage.runs[indexOf(run)]?.reached ?? 0) - own;
    if (!options.artifacts) return { ...run, exclusive: own, shared };
    const reader = new RunReader(repository, `${run.flow}/${run.id}`, run.commit);
    return { ...run, exclusive: own, shared, artifacts: artifactUsage(usage, reader) };
  });
  return { runs: planned, freed: usage.bytesOnlyOf(going.map(indexOf)), expired, damaged, kept };
}

/** What a policy can name. */
export interface Selectable {
  /** Flows with runs, also such as lie in the trash. */
  readonly flows: readonly string[];
  /** User tags of runs. */
  readonly tags: readonly string[];
}

/** The flows and tags that a policy can name: any other is misspelt. */
export function selectableIn(repository: Repository): Selectable {
  const refs = allRefs(repository);
  const runs = runsAmong(repository, refs);
  const tagged = runs.flatMap(({ flow, id }) => tagsOf(repository.refs, flow, id));
  const flows = [...runs, ...trashedRuns(refs)].map(({ flow }) => flow);
  return { flows: [...new Set(flows)].sort(), tags: [...new Set(tagged)].sort() };
}

/** What {@link gc} is asked. */
export interface GcOptions {
  /** How long deleted runs can be brought back, in milliseconds; {@link GRACE} when absent. */
  readonly grace?: number;
  readonly now?: number;
  readonly onProgress?: OnProgress | undefined;
}

/** What a gc did. */
export interface GcReport {
  /** Runs moved to the trash. */
  readonly deleted: readonly ListedRun[];
  /** Runs whose grace had ended: they are gone for good, unless `pruned.postponed`. */
  readonly expired: readonly TrashedRun[];
  /** Runs that can still be brought back. */
  readonly trash: readonly TrashedRun[];
  readonly damaged: readonly RunRefOf[];
  readonly kept: KeptRuns;
  readonly pruned: PruneReport;
}

/**
 * Deletes runs and frees what nothing holds any more:
 *
 * 1. What killed processes left is removed or, when it was a gc, completed or undone.
 * 2. The runs that the policy lets go move to the trash with their tags; branches follow the newest run that is left.
 * 3. When no run goes on: runs whose grace has ended leave the trash, and objects that nothing reaches are removed.
 * 4. Packs are merged and refs packed.
 *
 * Safe beside runs, readers, native git, and kill -9. Throws MaintenanceRunningError when another process maintains the store,
 * and ObjectMissingError or ObjectCorruptError when damage hides what is still needed: then nothing is removed.
 */
export function gc(repository: Repository, policy: RetentionPolicy, options: GcOptions = {}): GcReport {
  const { grace = GRACE, now = Date.now(), onProgress } = options;
  return whileMaintaining(repository.path, () => {
    tidy(repository);
    adoptClonedRuns(repository);
    dropUndeleted(repository);
    for (const flow of flowsWithSpins(repository)) dropOldSpins(repository, flow, now);
    const { runs, damaged } = listRuns(repository, allRefs(repository));
    const { going: deleted, kept } = judgeRuns(runs, policy, now);
    if (deleted.length > 0) moveToTrash(repository, deleted, { now, grace });
    for (const flow of new Set(deleted.map((run) => run.flow))) dropSummaries(repository.path, flow);
    const refs = allRefs(repository);
    const trash = trashedRuns(refs);
    const pruned = prune(repository, {
      expired: expiredRefs(refs, now),
      minAge: Math.min(grace, SETTLED),
      now,
      onProgress,
    });
    shape(repository);
    return {
      deleted,
      expired: trash.filter(({ until }) => until <= now),
      trash: trash.filter(({ until }) => until > now),
      damaged,
      kept,
      pruned,
    };
  });
}

/** A run that was to be brought back is not in the trash. */
export class NotInTrashError extends OxbowError {
  override readonly code = 'NotInTrashError';
  /** What was asked for. */
  readonly run: string;

  constructor(run: string, known: readonly TrashedRun[]) {
    const names = known.map(({ flow, id }) => `${flow}/${id}`);
    const shown = names.length > 10 ? [...names.slice(0, 10), `and ${names.length - 10} more`] : names;
    super(
      `${run} is not in the trash, which holds ${shown.join(', ') || 'nothing'}: its grace may have ended.`,
    );
    this.run = run;
  }
}

/**
 * Brings deleted runs back exactly as they were: those named (`Flow/id`, the id cut to any unambiguous beginning), or without
 * names the ones of the last gc. Throws NotInTrashError, MaintenanceRunningError.
 */
export function undoGc(repository: Repository, names: readonly string[] = []): TrashedRun[] {
  return whileMaintaining(repository.path, () => {
    dropUndeleted(repository);
    const trash = trashedRuns(new Map([...allRefs(repository, () => {})].filter(([name]) => isTrash(name))));
    const [latest] = trash;
    if (names.length === 0) {
      return bringBack(
        repository,
        trash.filter(({ deletedAt }) => deletedAt === latest?.deletedAt),
      );
    }
    const wanted = names.map((name) => {
      const found = trash.filter(
        ({ flow, id }) => `${flow}/${id}`.startsWith(name) && name.startsWith(`${flow}/`),
      );
      if (found.length !== 1 || found[0] === undefined) throw new NotInTrashError(name, trash);
      return found[0];
    });
    return bringBack(repository, wanted);
  });
}
