import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { booleanOf, ConfigSyntaxError, lastOf, readConfig } from './git-config.ts';
import { type GitRoot, gitRoots, type UnreadableFile } from './git-roots.ts';
import { type Grafts, readGrafts } from './grafts.ts';
import { listPacks } from './pack-file.ts';
import { allRefs } from './ref-table.ts';

/** What a prune must keep, with all that it reaches, as it stands at one moment. */
export interface PruneRoots {
  readonly refs: Map<string, ObjectId>;
  /** What native git protects beside them; some of it may be missing. */
  readonly others: readonly GitRoot[];
  readonly grafts: Grafts;
  /** Whether the repository is a partial clone, in which what refs reach may be missing. */
  readonly isPartial: boolean;
  /** Why nothing may be pruned, a sentence each; empty when something may. */
  readonly obstacles: readonly string[];
}

/** Looks at everything that keeps objects. Throws what reading a damaged ref throws. */
export function pruneRoots(repository: Repository): PruneRoots {
  const refs = allRefs(repository);
  const { roots, unreadable } = gitRoots(repository);
  const grafts = readGrafts(repository.path);
  return {
    refs,
    others: roots,
    grafts,
    isPartial: listPacks(repository.packFolder).some(({ isPromised }) => isPromised),
    obstacles: [...[...unreadable, ...grafts.unreadable].map(sentenceOn), ...configObstacles(repository)],
  };
}

/** Whether two looks saw the same. */
export function areSame(before: PruneRoots, after: PruneRoots): boolean {
  if (before.refs.size !== after.refs.size || after.obstacles.length > 0) return false;
  for (const [name, id] of after.refs) if (before.refs.get(name) !== id) return false;
  const known = new Set(before.others.map(({ id }) => id));
  return after.others.every(({ id }) => known.has(id));
}

const sentenceOn = ({ file, problem }: UnreadableFile): string =>
  `${file} may name objects that are still needed, and cannot be read (${problem})`;

function configObstacles({ path }: Repository): string[] {
  try {
    const settings = readConfig(path);
    const precious = lastOf(settings, 'extensions.preciousobjects');
    const obstacles: string[] = [];
    if (precious !== undefined && booleanOf(precious) !== false)
      obstacles.push('its config says extensions.preciousObjects: other repositories rely on its objects');
    if (lastOf(settings, 'gc.recentobjectshook') !== undefined)
      obstacles.push(
        'its config names a program that protects objects (gc.recentObjectsHook); only git gc asks it',
      );
    return obstacles;
  } catch (error) {
    if (!(error instanceof ConfigSyntaxError)) throw error;
    return [`config ${error.message}`];
  }
}
