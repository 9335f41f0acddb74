import { rmSync } from 'node:fs';
import { types } from 'node:util';
import { artifactsByName, type ExceptionRecord, type PackSink, type TreeEntry } from '#store';
import { caughtError } from '../caught-error.ts';
import { TransitionError } from '../errors.ts';
import { errorOf, exceptionOf, traceText } from '../exceptions.ts';
import { type CurrentTask, runAs } from '../flow/current.ts';
import type { FlowSpec } from '../flow/flow-spec.ts';
import { callDecorated, type StepHooks } from '../flow/step-hooks.ts';
import { policyOf, type StepPolicy } from '../flow/step-policy.ts';
import { decorationsOf } from '../flow/steps.ts';
import { Interruption } from '../interruption.ts';
import type { CodeDigests } from '../load/code-digests.ts';
import { settled } from '../settling.ts';
import type { TaskArtifacts } from './artifacts.ts';
import { RetryConditionError } from './retry-condition-error.ts';
import { attend } from './stray-errors.ts';
import { type FlowContext, TaskFlow } from './task-flow.ts';
import { withUnsetNames } from './unset-names.ts';
import type { TaskOrder, TaskResult } from './worker-protocol.ts';

/** What a task needs beside its order: the flow, and what all tasks of the run share. */
export interface TaskContext extends FlowContext {
  /** What the decorators of each step say. */
  readonly policies: ReadonlyMap<string, StepPolicy>;
  readonly code: CodeDigests;
  readonly current: Omit<CurrentTask, 'stepName' | 'taskId' | 'retryCount' | 'pathspec'>;
  /** Where the task's objects go. */
  readonly sink: PackSink;
  /** Called when the step, which has a limit, has returned or was ended. */
  readonly onReturned: () => void;
}

/** What a task brought, before its objects are handed over. */
export type TaskOutcome = Omit<TaskResult, 'type' | 'id' | 'next' | 'objects' | 'packs' | 'uses'>;

/** What `current` tells of the task of an order. */
export function identityOf({ step, task, attempt }: TaskOrder, current: TaskContext['current']): CurrentTask {
  const pathspec = `${current.flowName}/${current.runId}/${step}/${task}`;
  return { ...current, stepName: step, taskId: task, retryCount: attempt, pathspec };
}

/** Runs one attempt of one task: opens its inputs, calls the step, saves what it left. Never throws for the step's sake. */
export async function runTask(
  order: TaskOrder,
  context: TaskContext,
  identity: CurrentTask,
): Promise<TaskOutcome> {
  const { result, tempDir } = runAs(identity, () => outcomeOf(order, context, identity));
  try {
    return await result;
  } finally {
    // Not before its artifacts are saved, which may be among the files.
    const folder = tempDir();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** All that is done for a task is done as this task: what it does goes to its account. */
async function outcomeOf(
  order: TaskOrder,
  context: TaskContext,
  identity: CurrentTask,
): Promise<TaskOutcome> {
  const started = performance.now();
  const { entries, saved, ...end } = await attempt(order, context, identity);
  return {
    milliseconds: Math.round(performance.now() - started),
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

type Attempt = Pick<
  TaskOutcome,
  'transition' | 'exception' | 'entries' | 'isCaught' | 'isFinal' | 'isSpoilt'
> & {
  readonly saved: TaskArtifacts | undefined;
};

async function attempt(order: TaskOrder, context: TaskContext, identity: CurrentTask): Promise<Attempt> {
  let running: RunningTask | undefined;
  try {
    running = new RunningTask(order, context);
    attend(identity, running.interruption);
    return await running.run();
  } catch (error) {
    if (running) return await running.failed(error);
    return { entries: [], saved: undefined, exception: exceptionOf(error), isCaught: false, isSpoilt: false };
  }
}

class RunningTask {
  readonly #order: TaskOrder;
  readonly #context: TaskContext;
  readonly #task: TaskFlow;
  readonly #policy: StepPolicy;
  readonly interruption = new Interruption();

  constructor(order: TaskOrder, context: TaskContext) {
    this.#order = order;
    this.#context = context;
    this.#policy = context.policies.get(order.step) ?? policyOf([]);
    this.#task = new TaskFlow(order, context);
  }

  /** Calls the step and saves what it left. */
  async run(): Promise<Attempt> {
    const { artifacts, nextCall } = this.#task;
    const { sink } = this.#context;
    const taken = await this.#callStep();
    if (taken) nextCall.takeAhead(this.#order.ahead);
    this.#setCaught(null);
    const entries = await artifacts.save(sink);
    // A disk that is full is this task's failure.
    sink.complete();
    // Saving may have taken a while.
    this.interruption.check();
    return {
      entries,
      saved: artifacts,
      transition: nextCall.result(),
      ...(taken ? { exception: this.#recordOf(taken.error) } : {}),
      isCaught: taken !== undefined,
      isSpoilt: this.interruption.happened,
    };
  }

  /** Calls the step with its decorators around it, and waits a turn for errors that nobody awaits. */
  async #callStep(): Promise<{ readonly error: unknown } | undefined> {
    const { step, task, attempt, isLast, died } = this.#order;
    const { current, steps, onReturned } = this.#context;
    const { limit } = this.#policy;
    const interruption = this.interruption;
    const method = steps.get(step);
    if (died) throw errorOf(died);
    if (!method) throw new TransitionError(step, `The flow ${current.flowName} has no step "${step}".`);
    if (limit !== undefined) interruption.limit(step, limit);
    try {
      const taken = await callDecorated({
        hooks: decorationsOf(method).flatMap(({ hooks }) => (hooks ? [hooks as StepHooks<FlowSpec>] : [])),
        context: { flow: this.#task.flow, step, task, attempt, isLastAttempt: isLast },
        step: () => this.#task.call(method),
        interruption,
      });
      await interruption.turn();
      return taken;
    } finally {
      interruption.end();
      if (limit !== undefined) onReturned();
    }
  }

  /** What is to be told of an attempt that failed. When no other follows and the step has `@catchError`, the flow goes on. */
  async failed(thrown: unknown): Promise<Attempt> {
    const { error, isFinal } = await this.#judged(thrown);
    const ending = isFinal ? { isFinal } : {};
    // Before anything is caught: it looks at the flow as the step left it.
    const exception = await this.#exceptionOf(error);
    try {
      const transition = this.#catch(error, { exception, isFinal });
      const left = { ...this.#leftBy(exception), ...ending };
      return transition && this.#hasCaught(left.entries) ? { ...left, transition, isCaught: true } : left;
    } catch (another) {
      return { ...this.#leftBy(this.#recordOf(another)), ...ending };
    }
  }

  /** Asks the condition of `@retry` whether another attempt follows. What it throws is the error then, and none does. */
  async #judged(error: unknown): Promise<{ readonly error: unknown; readonly isFinal: boolean }> {
    const { step, attempt, isLast } = this.#order;
    const { condition } = this.#policy;
    if (isLast || !condition) return { error, isFinal: false };
    try {
      const answer: unknown = await settled(
        `The condition of @retry on the step "${step}"`,
        condition(thrownAsError(error), attempt),
      );
      if (typeof answer === 'boolean') return { error, isFinal: !answer };
      const problem = `gave ${answer === undefined ? 'nothing' : `a ${typeof answer}`}. Return true or false.`;
      return { error: new RetryConditionError(step, problem, { cause: error }), isFinal: true };
    } catch (cause) {
      const problem = `failed: ${thrownAsError(cause).message} The attempt had failed with: ${thrownAsError(error).message}`;
      return { error: new RetryConditionError(step, problem, { cause }), isFinal: true };
    }
  }

  /** What may be told of an error. */
  #recordOf(error: unknown): ExceptionRecord {
    return this.#context.values.secrets.maskedRecord(exceptionOf(error));
  }

  #exceptionOf(error: unknown): ExceptionRecord | Promise<ExceptionRecord> {
    const record = this.#recordOf(error);
    const method = this.#context.steps.get(this.#order.step);
    return method ? withUnsetNames(record, { flow: this.#task.flow, method }) : record;
  }

  #leftBy(exception: ExceptionRecord): Attempt {
    const { artifacts } = this.#task;
    const entries = artifacts.saveWhatCanBe(this.#context.sink);
    const isSpoilt = this.interruption.happened;
    return { entries, saved: artifacts, exception, isCaught: false, isSpoilt };
  }

  /** The way on from an error that is caught; undefined when it is not. */
  #catch(
    error: unknown,
    { exception, isFinal }: { readonly exception: ExceptionRecord; readonly isFinal: boolean },
  ): Attempt['transition'] {
    const { isLast, ahead } = this.#order;
    const { catches } = this.#policy;
    if (!catches || catches.isSetAside || !(isLast || isFinal)) return undefined;
    if (catches.printException) process.stderr.write(`${traceText(exception)}\n`);
    // With secrets about, it is made of what may be told of it.
    this.#setCaught(caughtError(this.#context.values.secrets.isEmpty ? error : errorOf(exception)));
    this.#task.nextCall.takeAhead(ahead);
    return this.#task.nextCall.result();
  }

  /** Whether the error is among what was saved. Where it is not, nobody could tell the task from one that went well. */
  #hasCaught(entries: readonly TreeEntry[]): boolean {
    const name = this.#policy.catches?.var;
    return name === undefined || artifactsByName(entries).has(name);
  }

  #setCaught(error: Error | null): void {
    const name = this.#policy.catches?.var;
    if (name !== undefined) this.#task.assign(name, error);
  }
}

/** What code threw, which may be anything, as an Error. */
const thrownAsError = (thrown: unknown): Error =>
  types.isNativeError(thrown) || thrown instanceof Error
    ? (thrown as Error)
    : new Error(String(thrown), { cause: thrown });
