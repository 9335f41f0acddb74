import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OxbowError } from '#store';

/** What `current` tells of the task that runs. */
export interface CurrentTask {
  readonly flowName: string;
  readonly runId: string;
  readonly stepName: string;
  /** Position of the task in its step: `0`, in a foreach the split index, nested `2.0`. */
  readonly taskId: string;
  /** How often the task was tried before. */
  readonly retryCount: number;
  /** The run this one was resumed from, as `Flow/id`, or undefined. */
  readonly originRunId: string | undefined;
  /** `Flow/run/step/task`. */
  readonly pathspec: string;
  readonly username: string;
  readonly tags: readonly string[];
  /** Names of the flow's parameters. */
  readonly parameterNames: readonly string[];
}

interface Scope {
  readonly task: CurrentTask;
  tempDir?: string;
}

const scopes = new AsyncLocalStorage<Scope>();

/** Runs a function, and everything it awaits, as the given task. Returns its result and the temporary folder it used. */
export function runAs<T>(
  task: CurrentTask,
  work: () => T,
): { readonly result: T; readonly tempDir: () => string | undefined } {
  const scope: Scope = { task };
  return { result: scopes.run(scope, work), tempDir: () => scope.tempDir };
}

/** The task in whose context code runs, as it was given to {@link runAs}; undefined outside of one. */
export const taskAtHand = (): CurrentTask | undefined => scopes.getStore()?.task;

/** Runs a function as the code of no task. */
export const withoutTask = <T>(work: () => T): T => scopes.exit(work);

/** The task that runs. Reading a field outside of a task throws a {@link NoCurrentTaskError}. */
type Current = CurrentTask & {
  /** Whether code runs inside a task; never throws. */
  readonly isRunningFlow: boolean;
  /** A folder of the task's own, removed when the task ends; made on first use. */
  readonly tempDir: string;
};

/** `current` was asked for a task outside of one. */
export class NoCurrentTaskError extends OxbowError {
  override readonly code = 'NoCurrentTaskError';

  constructor(field: string) {
    super(`current.${field} exists only while a step runs. Ask current.isRunningFlow first.`);
  }
}

const taskFields = [
  'flowName',
  'runId',
  'stepName',
  'taskId',
  'retryCount',
  'originRunId',
  'pathspec',
  'username',
  'tags',
  'parameterNames',
] as const satisfies readonly (keyof CurrentTask)[];

/** The task that runs, also across `await` and in functions far from the flow: `current.runId`, `current.stepName`, … */
export const current: Current = Object.defineProperties(
  {} as Current,
  Object.fromEntries([
    ...taskFields.map((name) => [name, { get: () => scopeFor(name).task[name], enumerable: true }]),
    ['isRunningFlow', { get: () => scopes.getStore() !== undefined, enumerable: true }],
    ['tempDir', { get: tempDirOfTask, enumerable: true }],
  ]),
);

function tempDirOfTask(): string {
  const scope = scopeFor('tempDir');
  scope.tempDir ??= mkdtempSync(join(tmpdir(), 'oxbow-task-'));
  return scope.tempDir;
}

function scopeFor(field: string): Scope {
  const scope = scopes.getStore();
  if (scope) return scope;
  throw new NoCurrentTaskError(field);
}
