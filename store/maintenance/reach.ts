import { MalformedObjectError, ObjectCorruptError } from '../git/errors.ts';
import { isObjectType, type ObjectType } from '../git/object.ts';
import type { Repository } from '../git/repository.ts';
import { type ObjectId, parseObjectId } from '../ids.ts';
import type { Grafts } from './grafts.ts';
import { eachEntry, KIND } from './raw-tree.ts';

/** Something an object points at. */
export interface Target {
  readonly id: ObjectId;
  /** Known from the mode of a tree entry; `unknown` where only reading the object tells. */
  readonly kind: 'blob' | 'tree' | 'unknown';
  /** The type that it must have, where that is known from something else than a mode. */
  readonly type?: ObjectType;
}

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
      case 'commit':
        return snapshotOf(body);
      case 'tag':
        return [taggedBy(body)];
    }
  } catch (error) {
    if (!(error instanceof MalformedObjectError)) throw error;
    throw new ObjectCorruptError(id, error.message, { cause: error });
  }
}

/** Whatever rules about names it breaks: what it points at is needed all the same. */
function entriesOf(body: Buffer): Target[] {
  const targets: Target[] = [];
  eachEntry(body, (mode, id) => {
    const kind = mode & KIND.mask;
    if (kind !== KIND.commit) targets.push({ id, kind: kind === KIND.tree ? 'tree' : 'blob' });
  });
  return targets;
}

/** Its tree and its parents; whatever is wrong with its other headers. */
function snapshotOf(body: Buffer): Target[] {
  const [, tree = '', parents = ''] = COMMIT.exec(body.toString('latin1', 0, headersEnd(body))) ?? [];
  if (tree === '') throw new MalformedObjectError('commit', 'it does not begin with a tree');
  const targets: Target[] = [{ id: parseObjectId(tree), kind: 'tree' }];
  for (const [, parent = ''] of parents.matchAll(/^parent ([0-9a-f]{40})$/gm))
    targets.push({ id: parseObjectId(parent), kind: 'unknown', type: 'commit' });
  return targets;
}

const COMMIT = /^tree ([0-9a-f]{40})\n((?:parent [0-9a-f]{40}\n)*)/;

function headersEnd(body: Buffer): number {
  const end = body.indexOf('\n\n');
  return end < 0 ? body.length : end + 1;
}

function taggedBy(body: Buffer): Target {
  const [, target = '', type = ''] = TAG.exec(body.toString('latin1', 0, 80)) ?? [];
  if (target === '') throw new MalformedObjectError('tag', 'it names no object');
  return { id: parseObjectId(target), kind: 'unknown', ...(isObjectType(type) ? { type } : {}) };
}

const TAG = /^object ([0-9a-f]{40})\n(?:type ([a-z]+)\n)?/;

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
