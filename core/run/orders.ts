import type { ObjectId, PackedObject, RunWriter, TreeEntry } from '#store';
import { framesOf, type PlannedTask, type TaskKey } from '../graph/plan.ts';
import type { EarlierTask } from '../takeover/earlier-run.ts';
import type { AttemptOrder, TaskDraft, TaskResult } from '../task/worker-protocol.ts';

/** Objects up to this many bytes travel with an order; more are written to a pack for the worker to read. */
const ATTACH_BYTES = 64 * 1024;

/** Makes the orders workers get, from what earlier tasks left. */
export class Orders {
  readonly #writer: RunWriter;
  /** Artifacts of finished tasks, by `step/task`, for those that continue from them. */
  readonly #artifacts = new Map<string, ObjectId>();
  /** Entries of artifacts trees not yet in a pack, so that their objects can travel with an order. */
  #entries = new Map<ObjectId, readonly TreeEntry[]>();

  /** `inputs` are tasks of an earlier run that this one continues from. */
  constructor(writer: RunWriter, inputs: readonly EarlierTask[] = []) {
    this.#writer = writer;
    for (const { record, artifacts } of inputs)
      if (artifacts) this.finished(record, { artifacts, entries: [] });
  }

  /** Notes what a task left. */
  finished({ step, task }: TaskKey, { artifacts, entries }: Pick<TaskResult, 'artifacts' | 'entries'>): void {
    this.#artifacts.set(`${step}/${task}`, artifacts);
    this.#entries.set(artifacts, entries);
  }

  /** The tree of the artifacts a task left, or undefined when it has not finished. */
  artifactsOf({ step, task }: TaskKey): ObjectId | undefined {
    return this.#artifacts.get(`${step}/${task}`);
  }

  /** Notes that everything so far is in packs, where workers find it themselves. */
  packed(): void {
    this.#entries = new Map();
  }

  /** The order for a task whose inputs have all finished. */
  orderFor(planned: PlannedTask, attempt: AttemptOrder): TaskDraft {
    const frames = framesOf(planned).map(({ task, ...frame }) => ({
      ...frame,
      artifacts: this.#artifactsOf({ step: frame.step, task }),
    }));
    const inputs = planned.inputs.map((key) => ({ ...key, artifacts: this.#artifactsOf(key) }));
    const closes = planned.closes ? { splitArtifacts: this.#artifactsOf(planned.closes) } : {};
    return {
      step: planned.step,
      task: planned.task,
      ...attempt,
      inputs,
      namedInputs: planned.namedInputs,
      frames,
      ...closes,
      objects: this.#attachments([...inputs, ...frames].map(({ artifacts }) => artifacts)),
    };
  }

  /** What the task may read and no pack holds yet: a little travels with the order, much is written to a pack first. */
  #attachments(trees: readonly ObjectId[]): PackedObject[] {
    const objects: PackedObject[] = [];
    const roots = new Set(trees);
    let bytes = 0;
    for (const object of this.#pendingIn(roots)) {
      // Of a tree artifact only its root is known here: its parts are best read from a pack.
      const hasParts = object.type === 'tree' && !roots.has(object.id);
      bytes += hasParts ? ATTACH_BYTES + 1 : object.deflated.byteLength;
      if (bytes > ATTACH_BYTES) {
        this.#writer.flush();
        this.packed();
        return [];
      }
      objects.push(object);
    }
    return objects;
  }

  *#pendingIn(trees: Iterable<ObjectId>): Iterable<PackedObject> {
    for (const tree of trees) {
      for (const id of [tree, ...(this.#entries.get(tree) ?? []).map((entry) => entry.id)]) {
        const object = this.#writer.pending(id);
        if (object) yield object;
      }
    }
  }

  #artifactsOf(key: TaskKey): ObjectId {
    const artifacts = this.artifactsOf(key);
    // The plan names only tasks that have finished.
    if (!artifacts)
      throw new Error(
        `The task ${key.step}/${key.task} has no artifacts, but another one continues from it.`,
      );
    return artifacts;
  }
}
