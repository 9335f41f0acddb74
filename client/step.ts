import { RunningTaskReader, type RunReader } from '#store';
import { NotFoundError } from './errors.ts';
import { DISPLAY, display, INSPECT, orDamage, type Picture, picture } from './inspect.ts';
import type { Run, Step, Task } from './objects.ts';
import type { RunState } from './run-state.ts';
import { TaskObject } from './task.ts';

/** See {@link Step}. */
export class StepObject<D> implements Step<D> {
  readonly kind = 'step';
  readonly parent: Run<D>;
  readonly id: string;
  readonly #run: RunState;

  constructor(parent: Run<D>, run: RunState, id: string) {
    this.parent = parent;
    this.id = id;
    this.#run = run;
  }

  get pathspec(): string {
    return `${this.parent.pathspec}/${this.id}`;
  }

  /** The run as it stands now. */
  get reader(): RunReader {
    return this.#run.reader;
  }

  tasks(): TaskObject<D>[] {
    return this.#run.reader.tasks(this.id).map((reader) => new TaskObject(this, this.#run, reader));
  }

  get task(): Task<D> {
    const [first] = this.tasks();
    return first ?? this.taskAt('0');
  }

  /** The task at a position. Throws NotFoundError. */
  taskAt(id: string): TaskObject<D> {
    const reader = this.findTask(id);
    if (reader) return reader;
    throw new NotFoundError({
      kind: 'task',
      wanted: id,
      sentence: `Step ${this.pathspec} has no task ${JSON.stringify(id)}.`,
      known: { 'Its tasks': this.#run.reader.tasks(this.id).map(({ task }) => task) },
    });
  }

  /** The task at a position, recorded or running, or undefined. */
  findTask(id: string): TaskObject<D> | undefined {
    const { reader: run } = this.#run;
    // Seen while it ran and recorded meanwhile, it is there when it is looked for again.
    const running = run.task(this.id, id) ? undefined : RunningTaskReader.find(run, this.id, id);
    const reader = running ?? this.#run.reader.task(this.id, id);
    return reader && new TaskObject(this, this.#run, reader);
  }

  [Symbol.iterator](): Iterator<Task<D>> {
    return this.tasks().values();
  }

  toString(): string {
    return this.pathspec;
  }

  [INSPECT](_depth: number, options: object, inspect: Picture['inspect']): string {
    const tasks = orDamage(() => this.#run.reader.tasks(this.id).map(({ task }) => task));
    return picture(`Step ${this.pathspec}`, { tasks }, { options, inspect });
  }

  [DISPLAY](): ReturnType<typeof display> {
    return display(this);
  }
}
