import type { Digest, RunReader, TaskReader } from '#store';
import { parentsOf } from '../relatives.ts';
import { taskOrigin } from '../task-origin.ts';

/** What came into a run from outside it. */
export interface Source {
  /** An artifact of another run; of `file` the parameter of this run that holds the file's content. */
  readonly address: string;
  /** `read` through the client, `reused` instead of being made anew, or the content of a `file`. */
  readonly how: 'read' | 'reused' | 'file';
  /** The task that read it, as `Flow/run/step/task`. Of what was reused the task that stands in its place. */
  readonly by: string;
  /** Of what was read: its digest then. */
  readonly digest?: Digest;
}

/** Opens a run, or gives undefined when it is not there. */
type OpenRun = (flow: string, id: string) => RunReader | undefined;

/** An artifact of a task, or without a name all that the task did. */
export interface Seed {
  readonly task: TaskReader;
  readonly name?: string | undefined;
}

/**
 * What flowed into artifacts or tasks, within one run: from an artifact to the task that made it, from there to what that task read of the tasks before it, and
 * so on, as `reads` in their records tells.
 */
export class Inflow {
  readonly sources: Source[] = [];
  /** The tasks that took part, as `step/task`. */
  readonly tasks = new Set<string>();
  /** Artifacts that took part, as `step/task/name`, in the task that made them and in those that passed them on. */
  readonly artifacts = new Set<string>();
  readonly #open: OpenRun;
  readonly #waiting: Seed[];
  readonly #known = new Set<string>();

  constructor(seeds: readonly Seed[], open: OpenRun) {
    this.#open = open;
    this.#waiting = [...seeds];
    // A run can be as long as a loop: no recursion.
    for (let seed = this.#waiting.pop(); seed; seed = this.#waiting.pop()) this.#follow(seed);
  }

  #follow({ task, name }: Seed): void {
    if (name === undefined) this.#task(task, undefined);
    else this.#artifact(task, name);
  }

  #artifact(task: TaskReader, name: string): void {
    const key = `${task.step}/${task.task}/${name}`;
    if (this.artifacts.has(key)) return;
    this.artifacts.add(key);
    const entry = task.artifacts().get(name);
    if (!entry) return;
    const giver = parentsOf(task).find((parent) => parent.artifacts().get(name)?.id === entry.id);
    // Some is assigned anew and comes out as it was: then it is the task's own.
    if (giver && !task.record.assigned?.includes(name)) this.#waiting.push({ task: giver, name });
    else this.#task(task, name);
  }

  #task(task: TaskReader, name: string | undefined): void {
    const key = `${task.step}/${task.task}`;
    const by = task.name;
    const origin = taskOrigin(task, this.#open);
    if (origin) {
      const address = name === undefined ? origin.name : `${origin.name}/${name}`;
      this.tasks.add(key);
      this.#add({ address, how: 'reused', by });
      return;
    }
    if (this.tasks.has(key)) return;
    this.tasks.add(key);
    const { uses = {}, reads } = task.record;
    for (const [address, digest] of Object.entries(uses)) this.#add({ address, how: 'read', by, digest });
    for (const read of Object.keys(reads)) this.#read(task, read);
  }

  /** What a task read under a name of `reads` in its record. */
  #read(task: TaskReader, read: string): void {
    if (read === '*') {
      for (const parent of parentsOf(task))
        for (const name of parent.artifacts().keys()) this.#waiting.push({ task: parent, name });
      return;
    }
    const [first = '', second, ...rest] = (read.split('#', 1)[0] ?? '').split('/');
    if (first === 'parameters') this.#parameter(task, second ?? '');
    else if (first === 'constants') return;
    else if (second === undefined) {
      for (const parent of parentsOf(task))
        if (parent.artifacts().has(first)) this.#waiting.push({ task: parent, name: first });
    } else if (rest.length > 0) {
      const input = task.run.task(first, second);
      if (input) this.#waiting.push({ task: input, name: rest.join('/') });
    } else {
      // An element of the list of a foreach, which stands in the task that split.
      const frame = task.record.frames.find(({ step }) => step === first);
      const split = frame && task.run.task(frame.step, frame.task);
      if (split) this.#waiting.push({ task: split, name: second });
    }
  }

  #parameter(task: TaskReader, name: string): void {
    if (task.run.record.files?.includes(name))
      this.#add({ address: `${task.run.name}/parameters/${name}`, how: 'file', by: task.name });
  }

  #add(source: Source): void {
    const key = `${source.by} ${source.address}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.sources.push(source);
  }
}
