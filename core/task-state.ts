import { TransitionError } from './errors.ts';
import type { ForeachFrame, MergeOptions } from './flow-spec.ts';

/** What stands behind the methods of a flow while one of its steps runs. */
export interface TaskState {
  /** Takes the words of `this.next(...)`. */
  next(words: readonly unknown[]): void;
  foreachStack(): ForeachFrame[];
  merge(inputs: Iterable<object>, options: MergeOptions): void;
}

/** Keyed by flow instance: kept outside of it, where neither artifacts nor the user's fields can clash with it. */
const states = new WeakMap<object, TaskState>();

/** Gives a flow instance the state its methods act on. */
export function bindTask(flow: object, state: TaskState): void {
  states.set(flow, state);
}

/** The state of a flow instance. Throws TransitionError when the engine did not make the instance. */
export function taskOf(flow: object): TaskState {
  const state = states.get(flow);
  if (state) return state;
  throw new TransitionError(
    '',
    'next, foreachStack and mergeArtifacts work only inside a step that the engine runs. Start the flow with `flow run`.',
  );
}
