import type { DecoratorRecord } from '#store';
import { secondsOf } from './step-decorators.ts';
import type { StepDecoration } from './steps.ts';

/** What the decorators of a step mean for its tasks. */
export interface StepPolicy {
  /** How often a task that failed is tried again. */
  readonly retries: number;
  /** How long a retry waits, in milliseconds. */
  readonly delay: number;
  /** How long an attempt may take, in seconds. */
  readonly limit?: number;
  /** What becomes of the error of a task that failed for good. */
  readonly catches?: {
    readonly var?: string;
    readonly printException: boolean;
    /** It only says that there was no error, and takes none. */
    readonly isSetAside?: boolean;
  };
  /** Environment variables of its tasks. */
  readonly vars: Readonly<Record<string, string>>;
}

/** Reads the policy off a step's decorators, whose options were checked when they were applied. */
export function policyOf(decorators: readonly StepDecoration[]): StepPolicy {
  const optionsOf = <T extends object>(name: string): T | undefined =>
    decorators.find((one) => one.name === name && one.hooks === undefined)?.options as T | undefined;
  const retry = optionsOf<{ times: number; minutesBetweenRetries: number }>('retry');
  const timeout = optionsOf<object>('timeout');
  const catches = optionsOf<NonNullable<StepPolicy['catches']>>('catchError');
  return {
    retries: retry?.times ?? 0,
    delay: (retry?.minutesBetweenRetries ?? 0) * 60_000,
    ...(timeout ? { limit: secondsOf(timeout) } : {}),
    ...(catches ? { catches } : {}),
    vars: optionsOf<{ vars: Readonly<Record<string, string>> }>('environment')?.vars ?? {},
  };
}

/** The decorators as graph.json keeps them. */
export const decoratorRecords = (decorators: readonly StepDecoration[]): DecoratorRecord[] =>
  decorators.map(({ name, options }) => ({ name, options: { ...options } }));
