import type { TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';
import type { TaskRecord } from './schema.ts';

/** The attempts of tasks that did not succeed, as far as a run has come: they lie within the tree of the attempt after them. */
export class EarlierAttempts {
  /** Entries of the `attempts` folder by `step/task`. */
  readonly #kept = new Map<string, readonly TreeEntry[]>();

  /** Trees that hold only until the next attempt of a task is recorded, by `step/task`. */
  readonly #passing = new Map<string, readonly ObjectId[]>();

  /** Entries of the attempts before this one, by number. */
  before({ step, task, attempt }: TaskRecord): readonly TreeEntry[] {
    const kept = this.#kept.get(`${step}/${task}`) ?? [];
    // An attempt that is recorded a second time comes in place of the first.
    return kept.filter(({ name }) => Number(name) < attempt);
  }

  /** Whether an attempt of the task that did not succeed was kept. */
  knows({ step, task }: TaskRecord): boolean {
    return this.#kept.has(`${step}/${task}`);
  }

  /** Keeps an attempt, by the tree it has alone, when another may follow: after a successful one none does. */
  keep(record: TaskRecord, tree: ObjectId | undefined): void {
    const key = `${record.step}/${record.task}`;
    if (record.status === 'successful' || !tree) this.#kept.delete(key);
    else
      this.#kept.set(key, [
        ...this.before(record),
        { mode: '40000', name: String(record.attempt), id: tree },
      ]);
  }

  /** Notes the trees made to hold an attempt with those before it, and gives those that they replace. */
  replace({ step, task }: TaskRecord, trees: readonly ObjectId[]): readonly ObjectId[] {
    const key = `${step}/${task}`;
    const before = this.#passing.get(key) ?? [];
    this.#passing.set(key, trees);
    return before.filter((tree) => !trees.includes(tree));
  }
}
