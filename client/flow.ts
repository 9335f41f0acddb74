import type { Connection } from './connection.ts';
import { INSPECT, orDamage, type Picture, picture } from './inspect.ts';
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
    const runs: Run<D>[] = [];
    for (const id of this.#connection.visibleRunIds(this.id)) {
      const hasTags = () => tags.every((tag) => this.#connection.hasTag(this.id, id, tag));
      if (this.#connection.holds(`${this.id}/${id}`, hasTags)) runs.push(this.run(id));
    }
    return runList(runs, (pathspec, judge) => this.#connection.holds(pathspec, judge));
  }

  /** The run of an id, unchecked. */
  run(id: string): RunObject<D> {
    return new RunObject(this, new RunState(this.#connection, this.id, id));
  }

  /** Another flow of the store, unchecked. */
  sibling(name: string): FlowObject<unknown> {
    return new FlowObject(this.#connection, name);
  }

  *[Symbol.iterator](): Iterator<Run<D>> {
    for (const id of this.#connection.visibleRunIds(this.id)) yield this.run(id);
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
}
