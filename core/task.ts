import { rmSync } from 'node:fs';
import {
  artifactsByName,
  type Digest,
  dropUnusedCopies,
  type PackSink,
  type Repository,
  type TreeEntry,
} from '#store';
import { TaskArtifacts } from './artifacts.ts';
import { ownAccessors } from './auto-accessors.ts';
import type { CodeDigests } from './code-digests.ts';
import { type CurrentTask, runAs } from './current.ts';
import { TransitionError } from './errors.ts';
import { exceptionOf } from './exceptions.ts';
import type { FlowClass, FlowSpec } from './flow-spec.ts';
import { definePosition, openFrame } from './frames.ts';
import { type InputState, inputState, openInputs } from './inputs-view.ts';
import { mergedArtifacts } from './merge.ts';
import { mergeDigest } from './merge-digest.ts';
import { NextCall } from './next-call.ts';
import { withParameterValues } from './parameters.ts';
import type { RunValues } from './run-values.ts';
import type { StepMethod } from './steps.ts';
import { bindTask, type ForeachFrame, type MergeOptions } from './task-state.ts';
import type { ResultTransition, TaskOrder, TaskResult } from './worker-protocol.ts';

/** What a task needs beside its order: the flow, and what all tasks of the run share. */
export interface TaskContext {
  readonly repository: Repository;
  readonly flow: FlowClass;
  readonly steps: ReadonlyMap<string, StepMethod>;
  readonly values: RunValues;
  readonly code: CodeDigests;
  readonly current: Omit<CurrentTask, 'stepName' | 'taskId' | 'retryCount' | 'pathspec'>;
  /** Where the task's objects go. */
  readonly sink: PackSink;
}

/** What a task brought, before its objects are handed over. */
export type TaskOutcome = Omit<TaskResult, 'type' | 'objects' | 'packs' | 'uses'>;

/** Runs one attempt of one task: opens its inputs, calls the step, saves what it left. Never throws for the step's sake. */
export async function runTask(order: TaskOrder, context: TaskContext): Promise<TaskOutcome> {
  const startedAt = Date.now();
  const { entries, saved, ...end } = await attempt(order, context);
  return {
    startedAt,
    finishedAt: Date.now(),
    ...end,
    artifacts: context.sink.tree(entries),
    entries,
    logical: saved?.logical ?? 0,
    reads: Object.fromEntries([...context.values.takeReads(), ...(saved?.reads ?? [])]),
    ...(saved && saved.assigned.size > 0 ? { assigned: [...saved.assigned] } : {}),
    code: context.code.steps.get(order.step) ?? '',
    sharedCode: context.code.shared,
  };
}

type Attempt = Pick<TaskOutcome, 'transition' | 'exception' | 'entries'> & {
  readonly saved: TaskArtifacts | undefined;
};

async function attempt(order: TaskOrder, context: TaskContext): Promise<Attempt> {
  let running: RunningTask | undefined;
  try {
    running = new RunningTask(order, context);
    const entries = await running.run();
    return { entries, saved: running.artifacts, transition: running.transition() };
  } catch (error) {
    const entries = running?.artifacts.saveWhatCanBe(context.sink) ?? [];
    return { entries, saved: running?.artifacts, exception: exceptionOf(error) };
  } finally {
    running?.cleanUp();
  }
}

class RunningTask {
  readonly artifacts: TaskArtifacts;
  readonly #order: TaskOrder;
  readonly #context: TaskContext;
  readonly #flow: FlowSpec;
  readonly #nextCall: NextCall;
  readonly #frames: readonly ForeachFrame[];
  #tempDir: (() => string | undefined) | undefined;

  constructor(order: TaskOrder, context: TaskContext) {
    this.#order = order;
    this.#context = context;
    const { repository, values, steps } = context;
    this.#flow = withParameterValues(
      (name) => values.parameterNamed(name),
      () => new context.flow(),
    );
    this.artifacts = new TaskArtifacts(repository, this.#flow, steps);
    this.#nextCall = new NextCall({ step: order.step, steps, flow: this.#flow, artifacts: this.artifacts });
    this.#frames = order.frames.map((frame) => openFrame(frame, values, this.artifacts.reads));
    this.#settleFields();
    values.bindParameters(this.#flow);
    this.#inherit();
    definePosition(this.#flow, this.#frames);
    bindTask(this.#flow, {
      next: (words) => this.#nextCall.take(words),
      foreachStack: () => this.#stack(),
      merge: (inputs, options) => this.#merge(inputs, options),
    });
  }

  /** Calls the step and saves what it left, all of it as the task `current` then tells of. */
  async run(): Promise<TreeEntry[]> {
    const { step, task, attempt } = this.#order;
    const { current, steps } = this.#context;
    const method = steps.get(step) as ((this: FlowSpec, inputs?: unknown) => unknown) | undefined;
    if (!method) throw new TransitionError(step, `The flow ${current.flowName} has no step "${step}".`);
    const pathspec = `${current.flowName}/${current.runId}/${step}/${task}`;
    const identity = { ...current, stepName: step, taskId: task, retryCount: attempt, pathspec };
    const { result, tempDir } = runAs(identity, async () => {
      await this.#call(method);
      const entries = await this.artifacts.save(this.#context.sink);
      // A disk that is full is this task's failure.
      this.#context.sink.complete();
      return entries;
    });
    this.#tempDir = tempDir;
    return result;
  }

  #call(method: (this: FlowSpec, inputs?: unknown) => unknown): unknown {
    if (!this.#isJoin) return method.call(this.#flow);
    const { values, repository } = this.#context;
    const context = {
      repository,
      parameters: values.parameterGetters(),
      onRead: (name: string, digest: Digest) => this.artifacts.reads.set(name, digest),
    };
    return method.call(this.#flow, openInputs(this.#order.inputs, context, this.#order.namedInputs));
  }

  /** Removes the files that were the task's own: not before its artifacts are saved, which may be among them. */
  cleanUp(): void {
    const folder = this.#tempDir?.();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    dropUnusedCopies();
  }

  /** Where the step said to go. Throws TransitionError when it did not say. */
  transition(): ResultTransition {
    return this.#nextCall.result();
  }

  /** As the plan says: `length` of a method whose inputs have a default, or are a rest parameter, would be 0. */
  get #isJoin(): boolean {
    return this.#order.splitArtifacts !== undefined;
  }

  /** Field initialisers are the initial artifacts of start, and of nothing after it. */
  #settleFields(): void {
    const isStart = this.#order.step === 'start';
    if (isStart) this.#context.values.noteFieldReads();
    ownAccessors(this.#flow);
    for (const [name, value] of Object.entries(this.#flow)) {
      const isParameter = this.#context.values.isParameter(name);
      if (typeof value === 'function' && !isParameter) {
        // A method written as a field, `log = (text) => …`: code, which every task has anew, and no artifact.
        Object.defineProperty(this.#flow, name, { enumerable: false });
        continue;
      }
      // A field declared without a value is no artifact.
      if (!isStart || isParameter || value === undefined)
        delete (this.#flow as unknown as Record<string, unknown>)[name];
    }
  }

  #inherit(): void {
    const [input] = this.#order.inputs;
    if (!input || this.#isJoin) return;
    for (const [name, entry] of artifactsByName(this.#context.repository.tree(input.artifacts))) {
      this.artifacts.inherit(name, entry);
    }
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
    const trees = [...this.#order.inputs.map(({ artifacts }) => artifacts), splitArtifacts ?? ''];
    this.artifacts.reads.set('*', mergeDigest(trees));
    const { repository } = this.#context;
    const states: InputState[] = [];
    for (const input of inputs) {
      const state = inputState(input);
      if (!state)
        throw new TransitionError(
          step,
          `mergeArtifacts in step "${step}" takes the inputs the join was given.`,
        );
      states.push(state);
    }
    const merged = mergedArtifacts(states, {
      step,
      isJoin: this.#isJoin,
      repository,
      options,
      isSet: (name) => name in this.#flow,
      base: () => (splitArtifacts ? artifactsByName(repository.tree(splitArtifacts)) : new Map()),
    });
    for (const [name, entry] of merged) this.artifacts.inherit(name, entry);
  }
}
