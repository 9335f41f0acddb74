import type { InnerRun } from '../inner.ts';
import type { Run } from '../objects.ts';
import { orMissing } from '../or-missing.ts';

/** A number that tells how good a run is. */
export interface Metric {
  readonly name: string;
  /** Where it stands within the run, such as `end/0/loss`. */
  readonly address: string;
  /** Whether less is better or more; undefined when nobody said. */
  readonly goal: 'min' | 'max' | undefined;
}

/**
 * The metrics that the flow of a run declares: `static metrics = { loss: 'min', acc: { path: 'end/0/acc', goal: 'max' } }`. A name without a path stands for an artifact of
 * the step `end`. What is declared in another form is left out.
 */
export function metricsOf(run: Run<unknown>): Metric[] {
  const declared = orMissing(() => (run as InnerRun).input('constants', 'metrics').data);
  if (typeof declared !== 'object' || declared === null) return [];
  return Object.entries(declared).flatMap(([name, told]) => {
    const { path, goal = told } = Object(told) as { readonly path?: unknown; readonly goal?: unknown };
    const isGoal = goal === 'min' || goal === 'max';
    if (!isGoal && typeof path !== 'string') return [];
    const address = typeof path === 'string' ? path : `end/0/${name}`;
    return [{ name, address, goal: isGoal ? goal : undefined }];
  });
}

/** Whether a value is better than another, by the goal of a metric; undefined when that cannot be told. */
export function isBetter(before: unknown, after: unknown, goal: Metric['goal']): boolean | undefined {
  if (typeof before !== 'number' || typeof after !== 'number' || goal === undefined || before === after)
    return undefined;
  return goal === 'min' ? after < before : after > before;
}
