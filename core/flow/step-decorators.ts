import { DecoratorError } from '../errors.ts';
import { decoratorOf, isApplied, type StepDecorator } from './decorators.ts';
import type { RetryCondition, StepMethod } from './steps.ts';

/** Options of {@link retry}. The first wait is given in minutes or in seconds. */
export type RetryOptions = RetryRules &
  (
    | {
        /** How long to wait before a retry, in minutes, fractions too: 2 by default. Other tasks run meanwhile. */
        readonly minutesBetweenRetries?: number;
        readonly seconds?: undefined;
      }
    | {
        /** How long to wait before a retry, in seconds, in place of minutes. Other tasks run meanwhile. */
        readonly seconds: number;
        readonly minutesBetweenRetries?: undefined;
      }
  );

/** Options of {@link retry} beside the first wait. */
export interface RetryRules {
  /** How often a task that fails is tried again: 3 by default, 0 for never. */
  readonly times?: number;
  /** Each further wait is so many times as long as the one before: 1 by default, 2 doubles it. */
  readonly backoff?: number;
  /** The longest wait, in seconds. */
  readonly maxSeconds?: number;
  /**
   * Whether an attempt that failed with this error is followed by another: always by default. `attempt` counts from 0. It is called where the error
   * is; for an attempt whose process died, in another process, with an error that has the name and message recorded. What it throws fails the task for good.
   */
  readonly if?: RetryCondition;
}

/** Options of {@link timeout}; what is given is added up. */
export interface TimeoutOptions {
  readonly seconds?: number;
  readonly minutes?: number;
  readonly hours?: number;
}

/** Options of {@link catchError}. */
export interface CatchErrorOptions<Var extends string = string> {
  /** The artifact that gets the error, null when there is none. */
  readonly var?: Var;
  /** Whether the error goes to the task's stderr: true unless told otherwise. */
  readonly printException?: boolean;
}

/** Options of {@link environment}. */
export interface EnvironmentOptions {
  /** Variables by name. What is no text becomes one. Recorded with the run: no place for secrets. */
  readonly vars: Readonly<Record<string, string | number | boolean>>;
}

/** Options of {@link resources}: what a task asks for. */
export interface ResourcesOptions {
  /** Number of CPUs. */
  readonly cpu?: number;
  /** Number of GPUs. */
  readonly gpu?: number;
  /** Memory in megabytes. */
  readonly memory?: number;
  /** Disk space in megabytes. */
  readonly disk?: number;
  /** Shared memory in megabytes. */
  readonly sharedMemory?: number;
}

/**
 * Tries a task again when it fails: `@retry({ times: 3, minutesBetweenRetries: 0.5 })`, or with waits that grow and a condition,
 * `@retry({ times: 5, seconds: 1, backoff: 2, maxSeconds: 60, if: (error) => error.name === 'RateLimitError' })`. Each attempt begins with the same inputs, `current.retryCount` counts them, and the earlier ones are kept with the task.
 */
export function retry(options?: RetryOptions): StepDecorator;
export function retry(method: StepMethod, context: ClassMethodDecoratorContext): void;
export function retry(prototype: object, name: string | symbol, descriptor: PropertyDescriptor): void;
export function retry(...words: readonly unknown[]): StepDecorator | undefined {
  const decorator = (options: unknown): StepDecorator =>
    decoratorOf({
      name: 'retry',
      decoration: (step) => {
        const checked = new Options<RetryRules & Waits>('retry', step, options)
          .names('times', 'minutesBetweenRetries', 'seconds', 'backoff', 'maxSeconds', 'if')
          .whole('times')
          .number('minutesBetweenRetries', 'seconds', 'maxSeconds')
          .factor('backoff')
          .code('if');
        const { times = 3, minutesBetweenRetries = 2, seconds, if: condition, ...rules } = checked.given;
        const wait = seconds === undefined ? { minutesBetweenRetries } : { seconds };
        checkWaits(step, checked.given);
        const shownIf = condition ? { if: sourceOf(condition) } : {};
        return {
          options: { times, ...wait, ...rules, ...shownIf },
          ...(condition ? { condition } : {}),
        };
      },
    });
  if (!isApplied(words)) return decorator(words[0]);
  return apply(decorator({}), words);
}

function checkWaits(step: string, given: Waits): void {
  const { minutesBetweenRetries, seconds, maxSeconds } = given;
  const fail = (problem: string): never => {
    throw new DecoratorError('retry', step, problem);
  };
  if (seconds !== undefined && minutesBetweenRetries !== undefined)
    fail('has both seconds and minutesBetweenRetries. Keep one of the two.');
  const first = seconds ?? (minutesBetweenRetries ?? 2) * 60;
  if (maxSeconds !== undefined && maxSeconds < first)
    fail(`first waits ${first} seconds, but has maxSeconds ${maxSeconds}, which is less. Give seconds too.`);
}

interface Waits {
  readonly minutesBetweenRetries?: number;
  readonly seconds?: number;
  readonly maxSeconds?: number;
}

/** The source text of a function on one line, as it is recorded. */
function sourceOf(code: (...words: never[]) => unknown): string {
  const text = String(code).replace(/\s+/g, ' ');
  return text.length > LONGEST_SOURCE ? `${text.slice(0, LONGEST_SOURCE - 1)}…` : text;
}

const LONGEST_SOURCE = 120;

/**
 * Ends a task that takes longer: `@timeout({ minutes: 5 })`. It fails with a TimeoutError, which `@retry` and `@catchError` treat
 * like any other. What the step had assigned is kept, unless it blocks its process, which is killed then.
 */
export function timeout(options: TimeoutOptions): StepDecorator {
  return decoratorOf({
    name: 'timeout',
    decoration: (step) => {
      const { given } = new Options<TimeoutOptions>('timeout', step, options)
        .names('seconds', 'minutes', 'hours')
        .number('seconds', 'minutes', 'hours');
      const seconds = secondsOf(given);
      if (seconds > 0 && seconds <= LONGEST_TIMEOUT) return { options: given };
      throw new DecoratorError(
        'timeout',
        step,
        `needs a time above 0 and up to 24 days, but has ${seconds} seconds in all. Write @timeout({ minutes: 5 }).`,
      );
    },
  });
}

/** The limit of a timeout in seconds. */
export const secondsOf = ({ seconds = 0, minutes = 0, hours = 0 }: TimeoutOptions): number =>
  seconds + minutes * 60 + hours * 3600;

/** What a timer of Node can wait for. */
const LONGEST_TIMEOUT = 24 * 86_400;

/**
 * Lets the flow go on when a task fails for good, retries included: `@catchError({ var: 'failure' })`. The error, of an exception, a
 * timeout or the death of the process, becomes the artifact `failure`, which is null when all went well; the steps that follow
 * begin with what the task had assigned. Not for a step that splits with foreach or switches.
 */
export function catchError<const Var extends string = never>(
  options?: CatchErrorOptions<Var>,
): StepDecorator<Readonly<Record<Var, unknown>>>;
export function catchError(method: StepMethod, context: ClassMethodDecoratorContext): void;
export function catchError(prototype: object, name: string | symbol, descriptor: PropertyDescriptor): void;
export function catchError(...words: readonly unknown[]): StepDecorator<never> | undefined {
  const decorator = (options: unknown): StepDecorator =>
    decoratorOf({
      name: 'catchError',
      decoration: (step) => {
        const { var: name, printException = true } = new Options<CatchErrorOptions>(
          'catchError',
          step,
          options,
        )
          .names('var', 'printException')
          .flag('printException').given;
        if (name !== undefined && !(typeof name === 'string' && IDENTIFIER.test(name))) {
          const problem = `has the var ${shown(name)}, which is no name of an artifact. Write @catchError({ var: 'failure' }).`;
          throw new DecoratorError('catchError', step, problem);
        }
        return { options: { ...(name === undefined ? {} : { var: name }), printException } };
      },
    });
  if (!isApplied(words)) return decorator(words[0]);
  return apply(decorator({}), words);
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Sets environment variables for the tasks of a step, and for nothing else: `@environment({ vars: { OMP_NUM_THREADS: 1 } })`. */
export function environment(options: EnvironmentOptions): StepDecorator {
  return decoratorOf({
    name: 'environment',
    decoration: (step) => {
      const { vars } = new Options<EnvironmentOptions>('environment', step, options).names('vars').given;
      const fail = (problem: string): never => {
        throw new DecoratorError('environment', step, problem);
      };
      if (typeof vars !== 'object' || vars === null || Array.isArray(vars))
        return fail(`needs vars, but has ${shown(vars)}. Write @environment({ vars: { NAME: 'value' } }).`);
      const texts = Object.entries(vars).map(([name, value]) => {
        if (name === '' || /[=\0]/.test(name)) fail(`sets ${shown(name)}, which is no name of a variable.`);
        if (!['string', 'number', 'boolean'].includes(typeof value) || String(value).includes('\0'))
          fail(`sets ${name} to ${shown(value)}, which is neither a text nor a number nor true or false.`);
        return [name, String(value)];
      });
      return { options: { vars: Object.fromEntries(texts) } };
    },
  });
}

/** Records what a task asks for: `@resources({ cpu: 4, memory: 16_000 })`. On this computer it changes nothing. */
export function resources(options: ResourcesOptions): StepDecorator {
  return decoratorOf({
    name: 'resources',
    decoration: (step) => {
      const kinds = ['cpu', 'gpu', 'memory', 'disk', 'sharedMemory'] as const;
      const checked = new Options<ResourcesOptions>('resources', step, options);
      return { options: checked.names(...kinds).number(...kinds).given };
    },
  });
}

function apply(decorator: StepDecorator, words: readonly unknown[]): undefined {
  (decorator as (...words: readonly unknown[]) => void)(...words);
}

/** The options of a decorator on a step while they are checked. */
class Options<T extends object> {
  /** As they were given, without those that are undefined. */
  readonly given: T;
  readonly #decorator: string;
  readonly #step: string;

  constructor(decorator: string, step: string, options: unknown = {}) {
    this.#decorator = decorator;
    this.#step = step;
    if (typeof options !== 'object' || options === null || Array.isArray(options))
      this.#fail(`takes an object of options, but was given ${shown(options)}.`);
    this.given = Object.fromEntries(
      Object.entries(options as object).filter(([, value]) => value !== undefined),
    ) as T;
  }

  names(...known: readonly (keyof T & string)[]): this {
    const unknown = Object.keys(this.given).find((name) => !known.some((one) => one === name));
    if (unknown !== undefined) this.#fail(`has no option "${unknown}". Its options: ${known.join(', ')}.`);
    return this;
  }

  number(...names: readonly (keyof T & string)[]): this {
    return this.#each(names, 'a number from 0 up', (value) => Number.isFinite(value) && Number(value) >= 0);
  }

  whole(...names: readonly (keyof T & string)[]): this {
    return this.#each(
      names,
      'a whole number from 0 up',
      (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    );
  }

  factor(...names: readonly (keyof T & string)[]): this {
    return this.#each(names, 'a number from 1 up', (value) => Number.isFinite(value) && Number(value) >= 1);
  }

  code(...names: readonly (keyof T & string)[]): this {
    return this.#each(names, 'a function', (value) => typeof value === 'function');
  }

  flag(...names: readonly (keyof T & string)[]): this {
    return this.#each(names, 'true or false', (value) => typeof value === 'boolean');
  }

  #each(names: readonly (keyof T & string)[], what: string, is: (value: unknown) => boolean): this {
    for (const name of names) {
      const value = this.given[name];
      if (value !== undefined && !is(value))
        this.#fail(`takes ${what} for ${name}, but was given ${shown(value)}.`);
    }
    return this;
  }

  #fail(problem: string): never {
    throw new DecoratorError(this.#decorator, this.#step, problem);
  }
}

function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'function' || typeof value === 'symbol') {
    return typeof value === 'number' ? String(value) : `a ${typeof value}`;
  }
  return JSON.stringify(value) ?? String(value);
}
