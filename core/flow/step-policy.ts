import type { DecoratorRecord } from '#store';
import { secondsOf } from './step-decorators.ts';
import type { RetryCondition, StepDecoration } from './steps.ts';

/** What the decorators of a step mean for its tasks. */
export interface StepPolicy {
  /** How often a task that failed is tried again. */
  readonly retries: number;
  /** How long the first retry waits, in milliseconds. */
  readonly delay: number;
  /** How many times as long as the one before each further retry waits. */
  readonly backoff?: number;
  /** The longest wait, in milliseconds. */
  readonly longestDelay?: number;
  /** Decides whether a retry follows. */
  readonly condition?: RetryCondition;
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
  const retry = optionsOf<RecordedRetry>('retry');
  const {
    minutesBetweenRetries = 0,
    seconds = minutesBetweenRetries * 60,
    backoff,
    maxSeconds,
  } = retry ?? {};
  const condition = decorators.find(({ name, hooks }) => name === 'retry' && hooks === undefined)?.condition;
  const timeout = optionsOf<object>('timeout');
  const catches = optionsOf<NonNullable<StepPolicy['catches']>>('catchError');
  return {
    retries: retry?.times ?? 0,
    delay: seconds * 1000,
    ...(backoff === undefined ? {} : { backoff }),
    ...(maxSeconds === undefined ? {} : { longestDelay: maxSeconds * 1000 }),
    ...(condition ? { condition } : {}),
    ...(timeout ? { limit: secondsOf(timeout) } : {}),
    ...(catches ? { catches } : {}),
    vars: optionsOf<{ vars: Readonly<Record<string, string>> }>('environment')?.vars ?? {},
  };
}

/** How graph.json has the options of `@retry`, save for its condition. */
interface RecordedRetry {
  readonly times: number;
  readonly minutesBetweenRetries?: number;
  readonly seconds?: number;
  readonly backoff?: number;
  readonly maxSeconds?: number;
}

/** No wait is longer, whatever it has grown to, in milliseconds: a year. */
const LONGEST_DELAY = 365 * 86_400_000;

/** How long a retry waits, in milliseconds; the first is number 1. */
export const delayOf = (
  {
    delay,
    backoff = 1,
    longestDelay = LONGEST_DELAY,
  }: Pick<StepPolicy, 'delay' | 'backoff' | 'longestDelay'>,
  number: number,
): number => Math.min(delay * Math.min(backoff ** (number - 1), LONGEST_DELAY), longestDelay, LONGEST_DELAY);

/** The decorators as graph.json keeps them. */
export const decoratorRecords = (decorators: readonly StepDecoration[]): DecoratorRecord[] =>
  decorators.map(({ name, options }) => ({ name, options: { ...options } }));
