// Stores whose shape is a burden: deep, wide, damaged in many ways at once, or changing while they are checked.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { encodeCommit } from '../git/commit.ts';
import { type PackedObject, packObject } from '../git/packed-object.ts';
import { Repository } from '../git/repository.ts';
import { fsck as gitFsck, SOMEBODY, scratchRepository, snapshot } from '../git/scratch.ts';
import { encodeTree, type TreeEntry } from '../git/tree.ts';
import { runRef } from '../history/layout.ts';
import type { ObjectId } from '../ids.ts';
import { storeUsage } from './du.ts';
import { type FixtureRun, makeRun, plainRuns, writeRuns } from './fixture-runs.ts';
import { fsck } from './fsck.ts';
import { gc } from './gc.ts';
import { addRefs, dropRefs } from './ref-table.ts';

const DEPTH = 5000;
const folder = (name: string, id: ObjectId): TreeEntry => ({ mode: '40000', name, id });

function commitOf(tree: ObjectId, ...parents: readonly ObjectId[]): PackedObject {
  return packObject(
    'commit',
    encodeCommit({ tree, parents, author: SOMEBODY, committer: SOMEBODY, message: 'x\n' }),
  );
}

test('a history of 5,000 commits and folders nested 5,000 deep are checked, measured and pruned', (t) => {
  const repository = scratchRepository(t);
  const { objects, tree, commit } = snapshot(['x']);
  const made = [...objects];
  let [id, top] = [commit, tree];
  for (let level = 0; level < DEPTH; level += 1) {
    const deeper = packObject('tree', encodeTree([folder('d', top)]));
    top = deeper.id;
    const next = commitOf(tree, id);
    id = next.id;
    made.push(deeper, next);
  }
  const deep = commitOf(top);
  repository.writePack([...made, deep], { sync: false });
  addRefs(repository, [
    ['refs/heads/long', id],
    ['refs/heads/deep', deep.id],
  ]);
  const { hits, damage, objects: count } = fsck(repository);
  assert.deepEqual([hits, damage, count], [[], [], made.length + 1]);
  assert.equal(storeUsage(repository).unused, 0);
  dropRefs(repository, new Map([['refs/heads/deep', deep.id]]));
  assert.equal(gc(repository, {}, { grace: 0 }).pruned.objects, DEPTH + 1);
  assert.deepEqual(fsck(Repository.open(repository.path)).hits, []);
});

test('a missing object is told once, however many ways and runs lead to it', (t) => {
  const repository = scratchRepository(t);
  const missing = packObject('blob', Buffer.from('not written'));
  const made: PackedObject[] = [];
  // Each level names the one below twice: 2^60 ways lead to the blob.
  let top = packObject('tree', encodeTree([{ mode: '100644', name: 'x', id: missing.id }]));
  for (let level = 0; level < 60; level += 1) {
    made.push(top);
    top = packObject('tree', encodeTree([folder('a', top.id), folder('b', top.id)]));
  }
  // Each commit begins at another level.
  const commits = [top, ...made].map(({ id }) => commitOf(id));
  repository.writePack([...made, top, ...commits], { sync: false });
  addRefs(
    repository,
    commits.map(({ id }, at) => [`refs/heads/branch${at}`, id] as const),
  );
  const { hits } = fsck(repository);
  assert.deepEqual(
    hits.map(({ id, address }) => [id, address]),
    [[missing.id, 'refs/heads/branch0']],
  );
});

test('a damaged artifact of many tasks is told once for each run that has it', (t) => {
  const repository = scratchRepository(t);
  const numbers = Float64Array.from({ length: 20_000 }, (_, at) => Math.sin(at));
  const runs: FixtureRun[] = [0, 1, 2].map((at) => ({
    flow: 'F',
    createdAt: 1e12 + at * 1000,
    steps: Object.fromEntries(
      Array.from({ length: 30 }, (_, step) => [`step${step}`, { numbers, own: at * 100 + step }]),
    ),
  }));
  const made = runs.map(makeRun);
  const [largest] = (made[0]?.objects ?? []).toSorted((a, b) => b.size - a.size);
  repository.writePack(
    made.flatMap(({ objects }) => objects).filter(({ id }) => id !== largest?.id),
    { sync: false },
  );
  addRefs(
    repository,
    made.flatMap(({ refs }) => refs),
  );
  const { hits, damagedRuns } = fsck(repository);
  assert.deepEqual(
    damagedRuns,
    made.map(({ id }) => `F/${id}`),
  );
  assert.deepEqual(
    hits.map(({ address }) => address).sort(),
    [`F/${made[0]?.id}`, ...made.map(({ id }) => `F/${id}/step0/0/numbers`)].sort(),
  );
});

test('twenty thousand objects below one commit are checked', (t) => {
  const repository = scratchRepository(t);
  const blobs = Array.from({ length: 20_000 }, (_, at) => packObject('blob', Buffer.from(String(at))));
  const trees = Array.from({ length: 20 }, (_, at) =>
    packObject(
      'tree',
      encodeTree(
        blobs.slice(at * 1000, (at + 1) * 1000).map(({ id }, n) => ({ mode: '100644', name: `f${n}`, id })),
      ),
    ),
  );
  const root = packObject('tree', encodeTree(trees.map(({ id }, at) => folder(`t${at}`, id))));
  const commit = commitOf(root.id);
  repository.writePack([...blobs, ...trees, root, commit], { sync: false });
  addRefs(repository, [['refs/heads/wide', commit.id]]);
  const report = fsck(repository);
  assert.deepEqual([report.hits, report.damage, report.objects], [[], [], 20_022]);
});

test('runs that are deleted for good while they are checked are no damage', (t) => {
  const repository = scratchRepository(t);
  const made = writeRuns(repository, plainRuns(6), 2);
  const other = Repository.open(repository.path);
  t.after(() => other.close());
  let collected = 0;
  const report = fsck(repository, ({ phase, done }) => {
    // As another process might, between the look at the refs and that at the objects.
    if (phase !== 'runs' || done !== 1 || collected > 0) return;
    collected = gc(other, { keepLast: 2, includeTagged: true }, { grace: 0 }).pruned.objects;
  });
  assert.ok(collected > 0);
  assert.deepEqual([report.damage, report.hits, report.damagedRuns], [[], [], []]);
  assert.ok(report.runs >= 2 && report.runs < made.length);
  assert.equal(gitFsck(repository.path), '');
});

test('a run that goes on while it is checked is checked as it is then', (t) => {
  const repository = scratchRepository(t);
  const [first, second] = writeRuns(repository, plainRuns(2), 1);
  assert.ok(first && second);
  const other = Repository.open(repository.path);
  t.after(() => other.close());
  // Its ref names what no object is there for, and another process sets it right in the middle of the check.
  const gone = createHash('sha1').update('gone').digest('hex') as ObjectId;
  const ref = runRef('F', second.id);
  repository.refs.update(ref, { to: gone });
  const again = fsck(repository, ({ phase, done }) => {
    if (phase === 'runs' && done === 1) other.refs.update(ref, { to: second.commit });
  });
  assert.deepEqual([again.hits, again.runs], [[], 2]);
});
