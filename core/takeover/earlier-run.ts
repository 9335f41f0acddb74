import {
  artifactsByName,
  LAYOUT,
  type ObjectId,
  type RunReader,
  runCommitOf,
  TaskReader,
  type TaskRecord,
  type TreeEntry,
} from '#store';
import { ResumeError } from '../errors.ts';
import type { TaskKey } from '../graph/plan.ts';

/** A recorded task of an earlier run. */
export interface EarlierTask {
  /** `Flow/run/step/task`. */
  readonly name: string;
  readonly tree: ObjectId;
  readonly record: TaskRecord;
  /** The tree of its artifacts. */
  readonly artifacts: ObjectId | undefined;
  /** The entries of its tree by name. */
  readonly entries: ReadonlyMap<string, TreeEntry>;
}

/** An earlier run whose tasks may be taken over: lists each step once, and reads a task when it is asked for. */
export class EarlierRun {
  readonly reader: RunReader;
  readonly #steps = new Map<string, ReadonlyMap<string, ObjectId>>();
  /** Artifacts of the tasks that were asked for, by `step/task`: what children compare with what there is now. */
  readonly #artifacts = new Map<string, ObjectId | undefined>();

  constructor(reader: RunReader) {
    this.reader = reader;
  }

  /** `Flow/id`. */
  get name(): string {
    return this.reader.name;
  }

  /** The run's commit. */
  get commit(): ObjectId {
    return this.reader.commit;
  }

  /** Whether the run has not been deleted since it was opened. */
  get isThere(): boolean {
    const [flow = '', id = ''] = this.name.split('/');
    return runCommitOf(this.reader.repository, flow, id) !== undefined;
  }

  /** The error that says so when it has. */
  gone(): ResumeError {
    return new ResumeError(this.name, 'was deleted just now. `flow gc --undo` brings it back.');
  }

  /** The task at a place, or undefined when none is recorded there. Throws RecordError when its record is damaged. */
  task({ step, task }: TaskKey): EarlierTask | undefined {
    const found = this.#find({ step, task });
    if (!found) return undefined;
    const artifacts = found.entries.get(LAYOUT.artifacts)?.id;
    this.#artifacts.set(`${step}/${task}`, artifacts);
    return { name: found.name, tree: found.tree, record: found.record, artifacts, entries: found.entries };
  }

  /** The tree of the artifacts a task left, or undefined when there is none. */
  artifactsOf({ step, task }: TaskKey): ObjectId | undefined {
    const key = `${step}/${task}`;
    if (!this.#artifacts.has(key)) {
      const entries = this.#find({ step, task })?.entries;
      this.#artifacts.set(key, entries?.get(LAYOUT.artifacts)?.id);
    }
    return this.#artifacts.get(key);
  }

  /** Artifacts by name; the parameters of the run or its constants where no task is meant. */
  entriesOf(artifacts: ObjectId): Map<string, TreeEntry> {
    return artifactsByName(this.reader.repository.tree(artifacts));
  }

  #find({ step, task }: TaskKey): TaskReader | undefined {
    let trees = this.#steps.get(step);
    if (!trees) {
      trees = this.reader.taskTrees(step);
      this.#steps.set(step, trees);
    }
    const tree = trees.get(task);
    return tree && new TaskReader(this.reader, step, task, tree);
  }
}
