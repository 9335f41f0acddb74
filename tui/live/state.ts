import type { RunEvent, StepNode } from '#core';

/** What of the graph progress depends on. */
export type ShownStep = Pick<StepNode, 'name' | 'kind' | 'join' | 'next'>;

/** How far one step has come. Times are milliseconds since 1970. */
export interface StepProgress {
  readonly name: string;
  readonly node: ShownStep | undefined;
  /** Tasks that were started, by any means, however often. */
  readonly started: number;
  /** Tasks that failed and wait for their next attempt. */
  readonly retrying: number;
  readonly succeeded: number;
  /** Those of them that were taken over from an earlier run. */
  readonly taken: number;
  readonly failed: number;
  /** Ended by the engine because the run was stopping. */
  readonly killed: number;
  /** How many tasks foreaches have asked for so far. */
  readonly splits: number | undefined;
  readonly firstStart: number | undefined;
  readonly lastEnd: number | undefined;
}

/** How far a run has come, as its events tell. */
export interface RunProgress {
  readonly flow: string;
  readonly runId: string;
  /** Undefined until the run exists. */
  readonly startedAt: number | undefined;
  /** In the order of the graph. */
  readonly steps: ReadonlyMap<string, StepProgress>;
  readonly stopping: 'failed' | 'interrupted' | undefined;
  readonly finished: boolean;
}

/** A run that has not begun. */
export const progressBefore = (flow: string, steps: readonly ShownStep[]): RunProgress => ({
  flow,
  runId: '',
  startedAt: undefined,
  steps: new Map(steps.map((node) => [node.name, stepBefore(node.name, node)])),
  stopping: undefined,
  finished: false,
});

/** Pure: what a run's progress is after an event. */
export function progressAfter(run: RunProgress, event: RunEvent): RunProgress {
  switch (event.type) {
    case 'run-started':
      return { ...run, flow: event.flow, runId: event.runId, startedAt: event.time };
    case 'task-started':
      return changed(run, event.task.step, (step) => ({
        ...(event.isAgain
          ? {}
          : event.task.attempt > 0
            ? { retrying: step.retrying - 1 }
            : { started: step.started + 1 }),
        firstStart: step.firstStart ?? event.time,
      }));
    case 'task-retrying':
      return changed(run, event.task.step, (step) => ({ retrying: step.retrying + 1 }));
    case 'task-taken':
      return changed(run, event.task.step, ({ started, succeeded, taken }) => ({
        started: started + 1,
        succeeded: succeeded + 1,
        taken: taken + 1,
      }));
    case 'foreach-split':
      return changed(run, event.next, (step) => ({ splits: (step.splits ?? 0) + event.splits }));
    case 'task-finished':
      return changed(run, event.task.step, (step) => ({
        succeeded: step.succeeded + 1,
        // The event comes when the task is durable; of a lone task the time it took itself is known.
        lastEnd: step.started === 1 ? (step.firstStart ?? event.time) + event.milliseconds : event.time,
      }));
    case 'task-failed': {
      const count = event.isStopped ? 'killed' : 'failed';
      return changed(run, event.task.step, (step) => ({ [count]: step[count] + 1, lastEnd: event.time }));
    }
    case 'run-stopping':
      return { ...run, stopping: event.reason, steps: withoutRetries(run.steps) };
    case 'run-finished':
      return { ...run, finished: true };
    case 'inspector-listening':
    case 'run-trouble':
    case 'task-output':
    case 'task-open-line':
      return run;
  }
}

/** Tasks of a step that have ended in any way. */
export const endedOf = ({ succeeded, failed, killed }: StepProgress): number => succeeded + failed + killed;

/** Tasks of a step that are at work. */
export const runningOf = (step: StepProgress): number => step.started - endedOf(step) - step.retrying;

/**
 * How many tasks a step will have, as far as it is known now: what foreaches have asked for, or as many as the steps before
 * it. Undefined where that depends on what tasks will decide (after a switch) or on the nesting (joins).
 */
export function expectedOf(run: RunProgress, name: string): number | undefined {
  const step = run.steps.get(name);
  if (step?.splits !== undefined) return step.splits;
  if (name === 'start') return 1;
  if (!step?.node || step.node.join) return undefined;
  let expected = 0;
  for (const before of run.steps.values()) {
    if (!before.node?.next.includes(name)) continue;
    // What follows a switch or a foreach is not known before they have decided; only a switch may lead back.
    if (before.node.kind === 'switch' || before.node.kind === 'foreach') return undefined;
    const part = expectedOf(run, before.name);
    if (part === undefined) return undefined;
    expected += part;
  }
  return expected;
}

/** A run that stops gives its retries up, and tells of each as failed. */
const withoutRetries = (steps: RunProgress['steps']): RunProgress['steps'] =>
  new Map([...steps].map(([name, step]) => [name, { ...step, retrying: 0 }]));

const stepBefore = (name: string, node?: ShownStep): StepProgress => ({
  name,
  node,
  started: 0,
  retrying: 0,
  succeeded: 0,
  taken: 0,
  failed: 0,
  killed: 0,
  splits: undefined,
  firstStart: undefined,
  lastEnd: undefined,
});

function changed(
  run: RunProgress,
  name: string,
  change: (step: StepProgress) => Partial<StepProgress>,
): RunProgress {
  const step = run.steps.get(name) ?? stepBefore(name);
  return { ...run, steps: new Map(run.steps).set(name, { ...step, ...change(step) }) };
}
