import type { ObjectSource } from '../codec/objects.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';
import { isRange, taskTrees } from './task-tree.ts';

/** The trees of a task in two steps; undefined where there is no such task. */
export interface TaskTrees {
  readonly a: ObjectId | undefined;
  readonly b: ObjectId | undefined;
}

/**
 * The tasks in which two steps differ, by position, found by their trees: ranges of tasks that both have are not read. Either step may
 * be absent.
 */
export function differingTasks(
  source: ObjectSource,
  a: ObjectId | undefined,
  b: ObjectId | undefined,
): Map<string, TaskTrees> {
  const left = new Map<string, ObjectId>();
  const right = new Map<string, ObjectId>();
  compareFolders(source, { a, b }, { left, right });
  const differing = new Map<string, TaskTrees>();
  for (const task of new Set([...left.keys(), ...right.keys()])) {
    const trees = { a: left.get(task), b: right.get(task) };
    if (trees.a !== trees.b) differing.set(task, trees);
  }
  return differing;
}

interface Found {
  readonly left: Map<string, ObjectId>;
  readonly right: Map<string, ObjectId>;
}

function compareFolders(source: ObjectSource, { a, b }: TaskTrees, found: Found): void {
  if (a === b) return;
  const before = entriesOf(source, a);
  const after = entriesOf(source, b);
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const trees = { a: before.get(name)?.id, b: after.get(name)?.id };
    if (trees.a === trees.b) continue;
    // The shape of the folders depends on the tasks there are: a task may lie in a range on one side and beside it on the other.
    if (isRange(name) && trees.a !== undefined && trees.b !== undefined) compareFolders(source, trees, found);
    else {
      gather(source, { name, tree: trees.a }, found.left);
      gather(source, { name, tree: trees.b }, found.right);
    }
  }
}

const entriesOf = (source: ObjectSource, tree: ObjectId | undefined): Map<string, TreeEntry> =>
  new Map(tree === undefined ? [] : source.tree(tree).map((entry) => [entry.name, entry]));

function gather(
  source: ObjectSource,
  { name, tree }: { readonly name: string; readonly tree: ObjectId | undefined },
  into: Map<string, ObjectId>,
): void {
  if (tree === undefined) return;
  if (!isRange(name)) into.set(name, tree);
  else for (const [task, id] of taskTrees(source, tree)) into.set(task, id);
}
