import { decodeCommit } from '../git/commit.ts';
import { MalformedObjectError, ObjectCorruptError } from '../git/errors.ts';
import type { Repository } from '../git/repository.ts';
import { decodeTree } from '../git/tree.ts';
import { type ObjectId, parseObjectId } from '../ids.ts';
import type { Grafts } from './grafts.ts';

/** Something an object points at. */
export interface Target {
  readonly id: ObjectId;
  /** Known from the mode of a tree entry; `unknown` where only reading the object tells. */
  readonly kind: 'blob' | 'tree' | 'unknown';
}

const COMMIT_OF_ANOTHER_REPOSITORY = '160000';

/**
 * What an object points at: the tree and parents of a commit, the entries of a tree, what a tag names. Reads past the
 * repository's cache of trees, because a walk over a whole store would only churn it.
 */
export function targetsOf(repository: Repository, { id, kind }: Target): Target[] {
  if (kind === 'blob') return [];
  const { type, body } = repository.read(id);
  try {
    switch (type) {
      case 'blob':
        return [];
      case 'tree':
        return entriesOf(body);
      case 'commit': {
        const { tree, parents } = decodeCommit(body);
        return [
          { id: tree, kind: 'tree' },
          ...parents.map((parent): Target => ({ id: parent, kind: 'unknown' })),
        ];
      }
      case 'tag':
        return [{ id: taggedBy(body), kind: 'unknown' }];
    }
  } catch (error) {
    if (!(error instanceof MalformedObjectError)) throw error;
    throw new ObjectCorruptError(id, error.message, { cause: error });
  }
}

function entriesOf(body: Buffer): Target[] {
  const targets: Target[] = [];
  for (const { mode, id } of decodeTree(body)) {
    if (mode !== COMMIT_OF_ANOTHER_REPOSITORY) targets.push({ id, kind: mode === '40000' ? 'tree' : 'blob' });
  }
  return targets;
}

function taggedBy(body: Buffer): ObjectId {
  const [, target = ''] = /^object ([0-9a-f]{40})\n/.exec(body.toString('latin1', 0, 64)) ?? [];
  if (target === '') throw new MalformedObjectError('tag', 'it names no object');
  return parseObjectId(target);
}

/**
 * What a commit points at when history is grafted: both the parents it names and those it was given, because different versions of
 * git look at different ones. Parents of its own that are not there are left out.
 */
export function graftedTargetsOf(repository: Repository, target: Target, grafts: Grafts): Target[] {
  const targets = targetsOf(repository, target);
  const given = grafts.parents.get(target.id);
  if (given === undefined && !grafts.shallow.has(target.id)) return targets;
  const present = targets.filter(({ id, kind }) => kind !== 'unknown' || repository.has(id));
  return [...present, ...(given ?? []).map((id): Target => ({ id, kind: 'unknown' }))];
}

/** How {@link walk} goes; both optional. */
export interface WalkOptions {
  readonly grafts?: Grafts | undefined;
}

/**
 * Visits all that `roots` reach, parents before what they hold; an object for which `enter` gives false is passed over with
 * all it holds. Throws what reading an object throws.
 */
export function walk(
  repository: Repository,
  roots: Iterable<ObjectId | Target>,
  enter: (id: ObjectId) => boolean,
  { grafts }: WalkOptions = {},
): void {
  const waiting: Target[] = [];
  for (const root of roots) {
    waiting.push(typeof root === 'string' ? { id: root, kind: 'unknown' } : root);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (!enter(next.id) || next.kind === 'blob') continue;
      const targets = grafts ? graftedTargetsOf(repository, next, grafts) : targetsOf(repository, next);
      for (const target of targets) waiting.push(target);
    }
  }
}
