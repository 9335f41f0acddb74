import { artifactsByName, type Digest, type Repository } from '#store';
import { TransitionError, UnmergedReadError } from '../errors.ts';
import { ownAccessors } from '../flow/auto-accessors.ts';
import type { FlowClass, FlowSpec } from '../flow/flow-spec.ts';
import { withParameterValues } from '../flow/parameters.ts';
import type { StepMethod } from '../flow/steps.ts';
import { bindTask, type ForeachFrame, type MergeOptions } from '../flow/task-state.ts';
import { TaskArtifacts } from './artifacts.ts';
import { definePosition, openFrame } from './frames.ts';
import { type InputState, inputState, openInputs } from './inputs-view.ts';
import { mergedArtifacts } from './merge.ts';
import { mergeDigest } from './merge-digest.ts';
import { NextCall } from './next-call.ts';
import type { RunValues } from './run-values.ts';
import { endGuard, guardUnmerged } from './unmerged.ts';
import type { TaskOrder } from './worker-protocol.ts';

/** What a flow instance is made of. */
export interface FlowContext {
  readonly repository: Repository;
  readonly flow: FlowClass;
  readonly steps: ReadonlyMap<string, StepMethod>;
  readonly values: RunValues;
}

/** The flow instance of one attempt: with what the task inherits, its place in the foreach nest, and the methods of its step at work. */
export class TaskFlow {
  readonly flow: FlowSpec;
  readonly artifacts: TaskArtifacts;
  readonly nextCall: NextCall;
  readonly #order: TaskOrder;
  readonly #context: FlowContext;
  readonly #frames: readonly ForeachFrame[];

  constructor(order: TaskOrder, context: FlowContext) {
    this.#order = order;
    this.#context = context;
    const { repository, values, steps } = context;
    this.flow = withParameterValues(
      (name) => values.parameterNamed(name),
      () => new context.flow(),
    );
    this.artifacts = new TaskArtifacts(repository, this.flow, steps, values.secrets);
    this.nextCall = new NextCall({ step: order.step, steps, flow: this.flow, artifacts: this.artifacts });
    this.#frames = order.frames.map((frame) => openFrame(frame, values, this.artifacts.reads));
    this.#settleFields();
    values.bindParameters(this.flow);
    this.#inherit();
    definePosition(this.flow, this.#frames);
    if (this.#isJoin) this.#guard();
    bindTask(this.flow, {
      next: (words) => this.nextCall.take(words),
      foreachStack: () => this.#stack(),
      merge: (inputs, options) => this.#merge(inputs, options),
    });
  }

  /** Calls a step on the instance, a join with its inputs. */
  call(step: StepMethod): unknown {
    const method = step as (this: FlowSpec, inputs?: unknown) => unknown;
    if (!this.#isJoin) return method.call(this.flow);
    const { values, repository } = this.#context;
    const context = {
      repository,
      parameters: values.parameterGetters(),
      onRead: (name: string, digest: Digest) => this.artifacts.reads.set(name, digest),
    };
    return method.call(this.flow, openInputs(this.#order.inputs, context, this.#order.namedInputs));
  }

  /** Sets an artifact. Throws ReadOnlyError when a parameter or constant has the name. */
  assign(name: string, value: unknown): void {
    (this.flow as unknown as Record<string, unknown>)[name] = value;
  }

  /** As the plan says: `length` of a method whose inputs have a default, or are a rest parameter, would be 0. */
  get #isJoin(): boolean {
    return this.#order.splitArtifacts !== undefined;
  }

  /** Field initialisers are the initial artifacts of start, and of nothing after it. */
  #settleFields(): void {
    const isStart = this.#order.step === 'start';
    if (isStart) this.#context.values.noteFieldReads();
    ownAccessors(this.flow);
    for (const [name, value] of Object.entries(this.flow)) {
      const isParameter = this.#context.values.isParameter(name);
      if (typeof value === 'function' && !isParameter) {
        // A method written as a field, `log = (text) => …`: code, which every task has anew, and no artifact.
        Object.defineProperty(this.flow, name, { enumerable: false });
        continue;
      }
      // A field declared without a value is no artifact.
      if (!isStart || isParameter || value === undefined)
        delete (this.flow as unknown as Record<string, unknown>)[name];
    }
  }

  #inherit(): void {
    const [input] = this.#order.inputs;
    if (!input || this.#isJoin) return;
    for (const [name, entry] of artifactsByName(this.#context.repository.tree(input.artifacts))) {
      this.artifacts.inherit(name, entry);
    }
  }

  /** Until a join has merged its inputs, reading what they have and it has not is an error. */
  #guard(): void {
    const { step, inputs, namedInputs } = this.#order;
    let names: Set<string> | undefined;
    guardUnmerged(this.flow, {
      has: (name) => {
        names ??= this.#namesInInputs();
        return names.has(name);
      },
      refuse: (name) => {
        throw new UnmergedReadError(step, name, namedInputs ? inputs[0]?.step : undefined);
      },
    });
  }

  /** What a join finds here decides what it does: it counts as read. */
  #namesInInputs(): Set<string> {
    this.#noteMergeRead();
    const { repository } = this.#context;
    // Children of a foreach that changed nothing share a tree.
    const trees = new Set(this.#order.inputs.map(({ artifacts }) => artifacts));
    const names = new Set<string>();
    for (const tree of trees)
      for (const name of artifactsByName(repository.tree(tree)).keys()) names.add(name);
    return names;
  }

  #noteMergeRead(): void {
    const { inputs, splitArtifacts } = this.#order;
    const trees = [...inputs.map(({ artifacts }) => artifacts), splitArtifacts ?? ''];
    this.artifacts.reads.set('*', mergeDigest(trees));
  }

  /** Tells how long the lists are: what depends on that depends on the lists as a whole. */
  #stack(): ForeachFrame[] {
    for (const frame of this.#order.frames) {
      const { name, digest } = this.#context.values.wholeList(frame);
      this.artifacts.reads.set(name, digest);
    }
    return [...this.#frames];
  }

  #merge(inputs: Iterable<object>, options: MergeOptions): void {
    const { step, splitArtifacts } = this.#order;
    this.#noteMergeRead();
    const { repository } = this.#context;
    const states: InputState[] = [];
    for (const input of this.#isJoin ? listOf(inputs) : []) {
      const state = inputState(input);
      if (!state)
        throw new TransitionError(
          step,
          `mergeArtifacts in step "${step}" takes the inputs the join was given: this.mergeArtifacts(inputs).`,
        );
      states.push(state);
    }
    const merged = mergedArtifacts(states, {
      step,
      isJoin: this.#isJoin,
      repository,
      options,
      isSet: (name) => name in this.flow,
      base: () => (splitArtifacts ? artifactsByName(repository.tree(splitArtifacts)) : new Map()),
    });
    for (const [name, entry] of merged) this.artifacts.inherit(name, entry);
    endGuard(this.flow, this.#context.flow.prototype);
  }
}

/** What is given as inputs, when it is none, as a list with that one thing in it. */
const listOf = (inputs: unknown): Iterable<object> =>
  typeof inputs === 'object' && inputs !== null && Symbol.iterator in inputs
    ? (inputs as Iterable<object>)
    : [Object(inputs)];
