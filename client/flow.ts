import type { Connection, ListedRun } from './connection.ts';
import { DISPLAY, display, INSPECT, orDamage, type Picture, picture } from './inspect.ts';
import type { Flow, Run, Runs } from './objects.ts';
import { RunObject } from './run.ts';
import { RunState } from './run-state.ts';
import { runList } from './runs/run-list.ts';
import { selectRun } from './select-run.ts';

/** See {@link Flow}. */
export class FlowObject<D> implements Flow<D> {
  readonly kind = 'flow';
  readonly id: string;
  readonly #connection: Connection;

  constructor(connection: Connection, id: string) {
    this.id = id;
    this.#connection = connection;
  }

  get pathspec(): string {
    return this.id;
  }

  get latestRun(): Run<D> {
    return this.run(selectRun(this.#connection, this.id, { at: 'latest', back: 0 }));
  }

  get latestSuccessfulRun(): Run<D> {
    return this.run(selectRun(this.#connection, this.id, { at: 'ok', back: 0 }));
  }

  runs(...tags: string[]): Runs<D> {
    if (tags.length > 0 || this.#connection.namespace !== null) this.expectMany();
    const runs: Run<D>[] = [];
    for (const run of this.#connection.visibleRuns(this.id)) {
      const hasTags = () => tags.every((tag) => this.#connection.hasTag(this.id, run.id, tag, run.commit));
      if (this.#connection.holds(`${this.id}/${run.id}`, hasTags)) runs.push(this.#listed(run));
    }
    return runList(runs, (pathspec, judge) => this.#connection.holds(pathspec, judge));
  }

  /** The run of an id, unchecked. */
  run(id: string): RunObject<D> {
    return this.#listed({ id, commit: undefined });
  }

  #listed(run: ListedRun): RunObject<D> {
    return new RunObject(this, new RunState(this.#connection, this.id, run));
  }

  /** User tags of its runs that have some, by id, as they are now. */
  tagTable(): ReadonlyMap<string, readonly string[]> {
    return this.#connection.tagTable(this.id);
  }

  /** Says that many of its runs will be looked at. */
  expectMany(): void {
    this.#connection.summaries.expectMany(this.id);
  }

  /** Another flow of the store, unchecked. */
  sibling(name: string): FlowObject<unknown> {
    return new FlowObject(this.#connection, name);
  }

  *[Symbol.iterator](): Iterator<Run<D>> {
    for (const run of this.#connection.visibleRuns(this.id)) yield this.#listed(run);
  }

  toString(): string {
    return this.pathspec;
  }

  [INSPECT](_depth: number, options: object, inspect: Picture['inspect']): string {
    const [latest] = this;
    const fields = {
      runs: this.#connection.runIds(this.id).length,
      latest: latest?.id,
      status: latest && orDamage(() => latest.status),
    };
    return picture(`Flow ${this.id}`, fields, { options, inspect });
  }

  [DISPLAY](): ReturnType<typeof display> {
    return display(this);
  }
}
