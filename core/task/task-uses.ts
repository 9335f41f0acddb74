import { type Digest, readObservers } from '#store';
import type { CurrentTask } from '../flow/current.ts';
import { tasksAtWork } from './running-tasks.ts';

/** What running tasks have read of other runs: digests by address. */
export class TaskUses {
  readonly #uses = new WeakMap<CurrentTask, Record<string, Digest>>();

  /** Notes every look at the value of an artifact from now on. */
  constructor() {
    readObservers.add(({ address, digest }) => {
      for (const task of tasksAtWork()) this.of(task)[address] = digest;
    });
  }

  of(task: CurrentTask): Record<string, Digest> {
    let uses = this.#uses.get(task);
    if (!uses) {
      uses = {};
      this.#uses.set(task, uses);
    }
    return uses;
  }
}
