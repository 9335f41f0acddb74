import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { objectIdOf } from '../git/object.ts';
import { encodeTree, type TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';
import { compareTaskIds, findTask, listTasks, TaskTree } from './task-tree.ts';

/** Keeps trees in memory and counts the entries written. */
class Trees {
  readonly #trees = new Map<ObjectId, readonly TreeEntry[]>();
  written = 0;

  blob(): ObjectId {
    throw new Error('a task tree writes trees only');
  }

  tree(entries: readonly TreeEntry[] | ObjectId): never {
    if (typeof entries === 'string') return this.#trees.get(entries) as never;
    this.written += entries.length;
    const body = encodeTree(entries);
    const id = objectIdOf('tree', body);
    this.#trees.set(id, [...entries]);
    return id as never;
  }
}

const treeOf = (name: string): ObjectId => objectIdOf('blob', Buffer.from(name));

function build(names: readonly string[], trees = new Trees()): { root: ObjectId; trees: Trees } {
  const tree = new TaskTree();
  for (const name of names) tree.set(name, treeOf(name));
  return { root: tree.write(trees as never), trees };
}

/** Task ids of one step: all of one depth. */
const taskNames = fc
  .integer({ min: 1, max: 3 })
  .chain((depth) =>
    fc.uniqueArray(
      fc.array(fc.oneof(fc.nat(3), fc.nat(400), fc.nat(100_000)), { minLength: depth, maxLength: depth }),
      { maxLength: 900, selector: (digits) => digits.join('.') },
    ),
  )
  .map((ids) => ids.map((digits) => digits.join('.')));

test('every task is found and listed in order, and no other', () => {
  fc.assert(
    fc.property(taskNames, (names) => {
      const { root, trees } = build(names);
      assert.deepEqual(
        listTasks(trees as never, root).map(([name]) => name),
        [...names].sort(compareTaskIds),
      );
      for (const name of names) assert.equal(findTask(trees as never, root, name), treeOf(name));
      for (const name of names.slice(0, 20)) {
        const other = `${name}7`;
        assert.equal(
          findTask(trees as never, root, other),
          names.includes(other) ? treeOf(other) : undefined,
        );
      }
    }),
    { numRuns: 60 },
  );
});

test('the shape depends on the set of tasks, not on the order they come in', () => {
  fc.assert(
    fc.property(taskNames, fc.infiniteStream(fc.nat()), (names, random) => {
      const shuffled = names
        .map((name) => ({ name, key: random.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ name }) => name);
      assert.equal(build(names).root, build(shuffled).root);
    }),
    { numRuns: 60 },
  );
});

test('writing in between changes nothing', () => {
  const names = Array.from({ length: 1500 }, (_, i) => String((i * 7919) % 1500));
  const trees = new Trees();
  const tree = new TaskTree();
  for (const [i, name] of names.entries()) {
    tree.set(name, treeOf(name));
    if (i % 100 === 0) tree.write(trees as never);
  }
  assert.equal(tree.write(trees as never), build(names).root);
  assert.equal(tree.size, 1500);
});

test('up to 256 tasks lie side by side; more lie in ranges', () => {
  const narrow = build(Array.from({ length: 256 }, (_, i) => String(i)));
  assert.equal((narrow.trees.tree(narrow.root) as readonly TreeEntry[]).length, 256);
  const wide = build(Array.from({ length: 600 }, (_, i) => String(i)));
  assert.deepEqual(
    (wide.trees.tree(wide.root) as readonly TreeEntry[]).map(({ name }) => name),
    ['0..255', '256..511', '512..767'],
  );
  const nested = build(Array.from({ length: 600 }, (_, i) => `${i % 2}.${i >> 1}`));
  assert.deepEqual(
    (nested.trees.tree(nested.root) as readonly TreeEntry[]).map(({ name }) => name),
    ['0..0', '1..1'],
  );
  const [zeros] = nested.trees.tree(nested.root) as readonly TreeEntry[];
  assert.deepEqual(
    (nested.trees.tree(zeros?.id as ObjectId) as readonly TreeEntry[]).map(({ name }) => name),
    ['0.0..255', '0.256..511'],
  );
});

test('one more task costs a bounded number of entries, however wide the step is', () => {
  for (const width of [1000, 10_000, 100_000]) {
    const trees = new Trees();
    const tree = new TaskTree();
    for (let i = 0; i < width; i += 1) tree.set(String(i), treeOf('x'));
    tree.write(trees as never);
    trees.written = 0;
    tree.set(String(width), treeOf('x'));
    tree.write(trees as never);
    assert.ok(trees.written <= 3 * 257, `${trees.written} entries at ${width}`);
  }
});

test('a task that comes again replaces the one before', () => {
  const tree = new TaskTree();
  const trees = new Trees();
  for (let i = 0; i < 300; i += 1) tree.set(String(i), treeOf('first'));
  tree.set('299', treeOf('second'));
  const root = tree.write(trees as never);
  assert.equal(tree.size, 300);
  assert.equal(findTask(trees as never, root, '299'), treeOf('second'));
});
