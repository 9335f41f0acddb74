import type { ObjectSource } from '../codec/objects.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';
import type { RunReader } from './run-reader.ts';
import { findTask, isRange, taskTrees, WIDTH } from './task-tree.ts';

/** The trees of a task in two steps; undefined where there is no such task. */
export interface TaskTrees {
  readonly a: ObjectId | undefined;
  readonly b: ObjectId | undefined;
}

/**
 * The tasks in which a step of two runs differs, by position, each with its trees: ranges of tasks that are equal are not read. The step
 * may be absent from either. With `outputsAlone`, tasks that differ only in what they wrote, in their times and attempts are left out where
 * the runs recorded the outputs of the step: then the cost follows the number of tasks that came to something else.
 */
export function differingTasks(
  { a, b }: { readonly a: RunReader; readonly b: RunReader },
  step: string,
  { outputsAlone }: { readonly outputsAlone: boolean },
): Map<string, TaskTrees> {
  const steps = { a: a.stepTree(step), b: b.stepTree(step) };
  const outputs = { a: a.outputTree(step), b: b.outputTree(step) };
  if (!outputsAlone || outputs.a === undefined || outputs.b === undefined || steps.a === steps.b)
    return differingTrees(a.repository, steps);
  const found = [...differingTrees(a.repository, outputs).keys()];
  const [treeInA, treeInB] = [steps.a, steps.b].map((step) => lookup(a.repository, step, found.length));
  return new Map(found.map((task) => [task, { a: treeInA?.(task), b: treeInB?.(task) }]));
}

function differingTrees(source: ObjectSource, { a, b }: TaskTrees): Map<string, TaskTrees> {
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

/** Finds so many tasks of a step: few one by one, many by a list of all. */
function lookup(source: ObjectSource, step: ObjectId | undefined, count: number) {
  if (step === undefined) return undefined;
  const all = count > WIDTH ? taskTrees(source, step) : undefined;
  return (task: string) => (all ? all.get(task) : findTask(source, step, task));
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
