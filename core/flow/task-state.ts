import { TransitionError } from '../errors.ts';

/** One level of the foreach nest, as `this.foreachStack()` gives it. */
export interface ForeachFrame {
  /** The step that split. */
  readonly step: string;
  /** Which element of the list this task has, from 0. */
  readonly index: number;
  /** How many elements the list has. */
  readonly numSplits: number;
  /** The element; loaded when it is read. */
  // biome-ignore lint/suspicious/noExplicitAny: the elements of a foreach have whatever type the flow's list has.
  readonly input: any;
}

/** Options of `this.mergeArtifacts(...)`. `include` and `exclude` exclude each other. */
export interface MergeOptions<Name extends string = string> {
  /** Merge only these artifacts; each must be on `this` or on a branch. */
  readonly include?: readonly Name[];
  /** Merge all but these artifacts. */
  readonly exclude?: readonly Name[];
  /** `three-way`: where branches differ, take the value of the only branch that changed it since the split. */
  readonly strategy?: 'three-way';
}

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
