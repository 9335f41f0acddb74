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
import { type CurrentTask, runAs } from './current.ts';
import { TransitionError } from './errors.ts';
import { exceptionOf } from './exceptions.ts';
import type { FlowClass, FlowSpec } from './flow-spec.ts';
import { foreachLength } from './foreach.ts';
import { definePosition, openFrame } from './frames.ts';
import { type InputState, inputState, openInputs } from './inputs-view.ts';
import { mergedArtifacts } from './merge.ts';
import { withParameterValues } from './parameters.ts';
import type { RunValues } from './run-values.ts';
import type { StepMethod } from './steps.ts';
import { bindTask, type ForeachFrame, type MergeOptions } from './task-state.ts';
import { readTransition, type Transition } from './transition.ts';
import type { ResultTransition, TaskOrder, TaskResult } from './worker-protocol.ts';

/** What a task needs beside its order: the flow, and what all tasks of the run share. */
export interface TaskContext {
  readonly repository: Repository;
  readonly flow: FlowClass;
  readonly steps: ReadonlyMap<string, StepMethod>;
  readonly values: RunValues;
  /** SHA-256 of each step's source text. */
  readonly code: ReadonlyMap<string, string>;
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
    code: context.code.get(order.step) ?? '',
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
  #chosen: Transition | undefined;
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
    this.#frames = order.frames.map((frame) => openFrame(frame, values, this.artifacts.reads));
    this.#settleFields();
    values.bindParameters(this.#flow);
    this.#inherit();
    definePosition(this.#flow, this.#frames);
    bindTask(this.#flow, {
      next: (words) => this.#next(words),
      foreachStack: () => [...this.#frames],
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
    const { step } = this.#order;
    const chosen = this.#chosen;
    if (!chosen) {
      if (step === 'end') return { steps: [] };
      const message =
        `The step "${step}" returned without calling this.next. ` +
        'Call it once at the end, before the step returns, as in this.next(this.end).';
      throw new TransitionError(step, message);
    }
    const { steps, foreach: variable } = chosen;
    return {
      steps,
      ...(chosen.switch ? { switch: chosen.switch } : {}),
      ...(variable === undefined ? {} : { foreach: { variable, numSplits: this.#splitsOf(variable) } }),
    };
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

  #next(words: readonly unknown[]): void {
    const { step } = this.#order;
    if (this.#chosen) {
      const message = `The step "${step}" called this.next a second time. Call it once, at the end of the step.`;
      throw new TransitionError(step, message);
    }
    if (step === 'end') {
      throw new TransitionError(
        step,
        'The step "end" called this.next, but nothing follows it. Remove the call.',
      );
    }
    this.#chosen = readTransition(words, {
      step,
      steps: this.#context.steps,
      value: (name) => (this.#flow as unknown as Record<string, unknown>)[name],
      length: (name) => this.#lengthOf(name),
    });
  }

  #splitsOf(variable: string): number {
    const length = this.#lengthOf(variable);
    if (length !== undefined) return length;
    const { step } = this.#order;
    const message = `The step "${step}" changed "${variable}" after this.next: it can no longer be iterated. Call this.next last.`;
    throw new TransitionError(step, message);
  }

  #lengthOf(name: string): number | undefined {
    return (
      this.artifacts.untouchedLength(name) ??
      foreachLength((this.#flow as unknown as Record<string, unknown>)[name])
    );
  }

  #merge(inputs: Iterable<object>, options: MergeOptions): void {
    const { step, splitArtifacts } = this.#order;
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
