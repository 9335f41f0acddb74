import { commandLine } from './command-line.ts';
import type { Input, Inputs } from './inputs.ts';
import type { ArtifactsOf, Inferred, NextOptions, SwitchCases } from './next-types.ts';
import { programCalling } from './program.ts';
import type { StepMethod } from './steps.ts';
import { type ForeachFrame, type MergeOptions, taskOf } from './task-state.ts';

/**
 * The base class of flows. Methods decorated with `@step` are the steps of a graph that begins at `start` and ends at
 * `end`; what a step assigns to `this` becomes an artifact, kept for ever and seen by the steps after it.
 */
export class FlowSpec {
  /** The element of the foreach this task has; undefined outside one. */
  // biome-ignore lint/suspicious/noExplicitAny: the elements of a foreach have whatever type the flow's list has.
  declare readonly input: any;
  /** Which element of the innermost foreach this task has, from 0; undefined outside one. */
  declare readonly index: number | undefined;

  constructor() {
    // biome-ignore lint/correctness/noConstructorReturn: the fields of a flow that is described go to a stand-in that watches them.
    if (standIn) return standIn(this);
  }

  /**
   * Says, once per step, which step or steps come next: one (`this.next(this.a)`), several side by side (`this.next(this.a, this.b)`),
   * one per element of an artifact (`{ foreach: 'titles' }`), or the one an artifact's value names (`{ condition: 'verdict' }`).
   * Throws TransitionError when the call is not one of these forms.
   */
  next<F, C extends string | number, const K extends string, const L extends string>(
    this: F,
    first: StepMethod | SwitchCases<F, C, L, K>,
    second?: StepMethod | NextOptions<F, C, K, L>,
    ...more: readonly StepMethod[]
  ): void;
  next(...words: unknown[]): void {
    taskOf(this).next(words);
  }

  /** Every level of the foreach nest this task stands in, outermost first; empty outside one. */
  foreachStack(): ForeachFrame[] {
    return taskOf(this).foreachStack();
  }

  /**
   * In a join: takes over the artifacts of the branches whose value is the same on every branch that has them. Names
   * already set on `this` are skipped. Values are compared by digest and not loaded. Throws MergeConflictError,
   * MergeMissingError or MergeUsageError, and then sets nothing.
   */
  mergeArtifacts<F, const K extends string = string>(
    this: F,
    inputs: Iterable<Input<object>> | Inputs<never>,
    options?: MergeOptions<ArtifactsOf<F, K>['names'] | (K & Inferred)>,
  ): void;
  mergeArtifacts(inputs: unknown, options: MergeOptions = {}): void {
    taskOf(this).merge(inputs as Iterable<object>, options);
  }

  /**
   * Runs the command line of the flow: the last line of a file started with `npx tsx file.ts run`. Does nothing when another program
   * imports the file, or the engine itself loads it.
   */
  static async main(this: FlowClass): Promise<void> {
    const isLoading = (globalThis as MainHolder)[MAIN]?.(this) ?? false;
    const program = isLoading ? undefined : programCalling(FlowSpec.main);
    if (program !== undefined) await commandLine(program, this.name);
  }
}

/** What fields are initialised on instead of the instance, while a flow is described. */
let standIn: ((flow: FlowSpec) => FlowSpec) | undefined;

/** Makes an instance of a flow whose fields are initialised on what `replace` gives for it. */
export function newFlowOn(replace: (flow: FlowSpec) => FlowSpec, flow: FlowClass): FlowSpec {
  standIn = replace;
  try {
    return new flow();
  } finally {
    standIn = undefined;
  }
}

/** Where the engine asks to be told of {@link FlowSpec.main}; registered, so that copies of the package share it. */
export const MAIN = Symbol.for('oxbow.main');

/** Takes a flow whose file calls `main()`; true when the engine loads that file now, and no run is to be started. */
export interface MainHolder {
  [MAIN]?: (flow: FlowClass) => boolean;
}

/** Ends the evaluation of a flow's file that the engine loads, where the file goes on to run the flow: it has told its class. */
export class FlowFound extends Error {
  override readonly name = 'FlowFound';
  override readonly message = 'The file is being loaded by the engine: it runs the flow already.';
}

/** A class that extends {@link FlowSpec}. */
export type FlowClass = (new () => FlowSpec) & { readonly name: string; readonly prototype: FlowSpec };

/** Whether a value is a flow class, also one made with another copy of the package. */
export function isFlowClass(value: unknown): value is FlowClass {
  return typeof value === 'function' && value.prototype instanceof FlowSpec && value !== FlowSpec;
}
