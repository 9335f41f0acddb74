import { ObjectCorruptError } from '../git/errors.ts';
import type { Repository } from '../git/repository.ts';
import { type ObjectId, parseObjectId } from '../ids.ts';

/** Something an object points at. */
export interface Target {
  readonly id: ObjectId;
  /** Known from the mode of a tree entry; undefined where only reading the object tells. */
  readonly isBlob: boolean;
}

const COMMIT_OF_ANOTHER_REPOSITORY = '160000';

/** What an object points at: the tree and parents of a commit, the entries of a tree, what a tag names. */
export function targetsOf(repository: Repository, id: ObjectId): Target[] {
  const { type, body } = repository.read(id, { verify: false });
  const pointer = (target: ObjectId): Target => ({ id: target, isBlob: false });
  switch (type) {
    case 'blob':
      return [];
    case 'tree':
      return repository
        .tree(id)
        .filter(({ mode }) => mode !== COMMIT_OF_ANOTHER_REPOSITORY)
        .map((entry) => ({ id: entry.id, isBlob: entry.mode !== '40000' }));
    case 'commit': {
      const { tree, parents } = repository.commit(id);
      return [tree, ...parents].map(pointer);
    }
    case 'tag':
      return [pointer(taggedBy(id, body))];
  }
}

function taggedBy(id: ObjectId, body: Buffer): ObjectId {
  const [, target = ''] = /^object ([0-9a-f]{40})\n/.exec(body.toString('latin1', 0, 64)) ?? [];
  if (target === '') throw new ObjectCorruptError(id, 'it is a tag that names no object');
  return parseObjectId(target);
}

/**
 * Visits all that `roots` reach, parents before what they hold; an object below which `enter` gives false is passed over with
 * all it holds. Throws what reading an object throws.
 */
export function walk(
  repository: Repository,
  roots: Iterable<ObjectId>,
  enter: (id: ObjectId) => boolean,
): void {
  const waiting: Target[] = [];
  for (const root of roots) {
    waiting.push({ id: root, isBlob: false });
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (!enter(next.id) || next.isBlob) continue;
      waiting.push(...targetsOf(repository, next.id).reverse());
    }
  }
}
