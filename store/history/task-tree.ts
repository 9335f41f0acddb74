import type { ObjectSink, ObjectSource } from '../codec/objects.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';

/** A tree of tasks holds at most this many before it splits into ranges. */
export const WIDTH = 256;
/** Digits, base 256, of one component of a task id: up to 16,777,216 splits at each level. */
const DIGITS = 3;

interface Task {
  readonly name: string;
  readonly digits: readonly number[];
  readonly tree: ObjectId;
  readonly output: ObjectId | undefined;
}

/** Compares two task ids such as `2.10` number by number. */
export function compareTaskIds(a: string, b: string): number {
  if (!a.includes('.') && !b.includes('.')) return Number(a) - Number(b);
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = Number(left[i]) - Number(right[i]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/**
 * The tasks of one step as a tree of trees. Up to 256 tasks lie side by side; more are grouped into folders named by
 * the range of positions they hold (`256..511`, nested `3.0..255`), recursively, so that adding one task rewrites a
 * bounded number of entries however wide the step is. The shape depends on the set of tasks alone, never on the order
 * in which they finished: equal sets give equal trees.
 */
export class TaskTree {
  #root = new Node(0);
  #count = 0;
  #hasOutputs = true;

  /** Number of tasks. */
  get size(): number {
    return this.#count;
  }

  /** Adds a task's tree, or replaces it when the task is already there; `output` is what {@link writeOutputs} has of it. */
  set(name: string, tree: ObjectId, output?: ObjectId): void {
    if (this.#root.set({ name, digits: digitsOf(name), tree, output })) this.#count += 1;
    this.#hasOutputs &&= output !== undefined;
  }

  /** Writes the trees that changed since the last call, or with `whole` all of them, and returns the root's id. */
  write(sink: ObjectSink, whole = false): ObjectId {
    return this.#root.write(sink, whole);
  }

  /**
   * Writes a second tree of the same shape that holds what each task came to, without times and process ids, so that two steps whose
   * tasks came to the same have the same tree. Returns its id; undefined when the output of a task is not known.
   */
  writeOutputs(sink: ObjectSink): ObjectId | undefined {
    return this.#hasOutputs ? this.#root.writeOutputs(sink) : undefined;
  }
}

/** How a node has split: the digit it groups by, its groups, and one of its tasks. */
interface Split {
  readonly at: number;
  readonly groups: Map<number, Node>;
  readonly sample: Task;
}

class Node {
  /** First digit in which the tasks below may differ. */
  readonly #start: number;
  #tasks = new Map<string, Task>();
  #split: Split | undefined;
  #written: ObjectId | undefined;

  constructor(start: number) {
    this.#start = start;
  }

  /** Returns true when the task is new. */
  set(task: Task): boolean {
    this.#written = undefined;
    if (this.#split) return this.#descend(this.#split, task);
    const fresh = !this.#tasks.has(task.name);
    this.#tasks.set(task.name, task);
    if (this.#tasks.size > WIDTH) this.#divide();
    return fresh;
  }

  #divide(): void {
    const tasks = [...this.#tasks.values()];
    const [sample, ...others] = tasks;
    if (!sample) return;
    const at = Math.min(...others.map((task) => firstDifference(sample, task, this.#start)));
    const split: Split = { at, groups: new Map(), sample };
    for (const task of tasks) groupOf(split, task).set(task);
    this.#split = split;
    this.#tasks = new Map();
  }

  #descend(split: Split, task: Task): boolean {
    const at = firstDifference(split.sample, task, this.#start);
    if (at >= split.at) return groupOf(split, task).set(task);
    // The newcomer differs in an earlier digit than all the others: they become one group of a new split.
    const inner = new Node(at + 1);
    inner.#split = split;
    const outer: Split = {
      at,
      groups: new Map([[split.sample.digits[at] ?? 0, inner]]),
      sample: split.sample,
    };
    this.#split = outer;
    return groupOf(outer, task).set(task);
  }

  write(sink: ObjectSink, whole: boolean): ObjectId {
    if (this.#written && !whole) return this.#written;
    const entries = this.#ranges((group) => group.write(sink, whole));
    for (const { name, tree } of this.#tasks.values()) entries.push({ mode: '40000', name, id: tree });
    this.#written = sink.tree(entries);
    return this.#written;
  }

  writeOutputs(sink: ObjectSink): ObjectId {
    const entries = this.#ranges((group) => group.writeOutputs(sink));
    for (const { name, output } of this.#tasks.values())
      if (output) entries.push({ mode: '40000', name, id: output });
    return sink.tree(entries);
  }

  /** The folders of ranges, each with what `write` gives for it. */
  #ranges(write: (group: Node) => ObjectId): TreeEntry[] {
    if (!this.#split) return [];
    const { at, sample, groups } = this.#split;
    return Array.from(groups, ([digit, group]) => ({
      mode: '40000',
      name: rangeName(sample, at, digit),
      id: write(group),
    }));
  }
}

/** The group of a split that a task belongs to, made on first use. */
function groupOf(split: Split, task: Task): Node {
  const digit = task.digits[split.at] ?? 0;
  let group = split.groups.get(digit);
  if (!group) {
    group = new Node(split.at + 1);
    split.groups.set(digit, group);
  }
  return group;
}

function digitsOf(name: string): number[] {
  if (!name.includes('.')) {
    const value = Number(name);
    return [value >>> 16, (value >>> 8) & 255, value & 255];
  }
  const digits: number[] = [];
  for (const component of name.split('.')) {
    const value = Number(component);
    digits.push(value >>> 16, (value >>> 8) & 255, value & 255);
  }
  return digits;
}

function firstDifference(a: Task, b: Task, from: number): number {
  let at = from;
  while (at < a.digits.length && a.digits[at] === b.digits[at]) at += 1;
  return at;
}

/** Names the group of tasks that share the sample's digits before `at` and have `digit` there. */
function rangeName(sample: Task, at: number, digit: number): string {
  const component = Math.floor(at / DIGITS);
  const place = at % DIGITS;
  const block = 256 ** (DIGITS - 1 - place);
  let low = digit * block;
  for (let i = 0; i < place; i += 1)
    low += (sample.digits[component * DIGITS + i] ?? 0) * 256 ** (DIGITS - 1 - i);
  const before = sample.name.split('.').slice(0, component);
  return [...before, `${low}..${low + block - 1}`].join('.');
}

const RANGE = /^((?:\d+\.)*)(\d+)\.\.(\d+)$/;

/** Whether an entry in a folder of tasks is a folder of a range of them, rather than a task. */
export const isRange = (name: string): boolean => name.includes('..') && RANGE.test(name);

function rangeHolds(range: string, task: string): boolean {
  const [, before = '', low, high] = RANGE.exec(range) ?? [];
  if (low === undefined || !task.startsWith(before)) return false;
  const value = Number.parseInt(task.slice(before.length), 10);
  return value >= Number(low) && value <= Number(high);
}

/** The tree of one task of a step, or undefined. Reads one tree a level. */
export function findTask(source: ObjectSource, steps: ObjectId, task: string): ObjectId | undefined {
  for (let folder: ObjectId | undefined = steps; folder !== undefined; ) {
    const entries: readonly TreeEntry[] = source.tree(folder);
    const direct = entries.find((entry) => entry.name === task);
    if (direct) return direct.id;
    folder = entries.find((entry) => rangeHolds(entry.name, task))?.id;
  }
  return undefined;
}

/**
 * Every task of a step as [task id, tree], ordered by {@link compareTaskIds}. No two ranges hold the same tasks, so a folder met
 * again is one of a store made to never end, and is passed over.
 */
export function listTasks(source: ObjectSource, steps: ObjectId): [string, ObjectId][] {
  return [...taskTrees(source, steps)].sort(([a], [b]) => compareTaskIds(a, b));
}

/** The trees of a step's tasks by task id, in no particular order. */
export function taskTrees(source: ObjectSource, steps: ObjectId): Map<string, ObjectId> {
  const tasks = new Map<string, ObjectId>();
  const folders = new Set([steps]);
  // A set gives what is added while it is walked.
  for (const folder of folders) {
    for (const { name, id } of source.tree(folder)) {
      if (isRange(name)) folders.add(id);
      else tasks.set(name, id);
    }
  }
  return tasks;
}
