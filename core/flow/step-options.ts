import { DecoratorError } from '../errors.ts';

/** Options of `@step`. */
export interface StepOptions {
  /** False: a run started with `--reuse` executes the step although nothing that it read has changed. For what reads a clock, a network or chance. */
  readonly reuse?: boolean;
  /**
   * How many tasks of the step may share one worker process at a time: 1 unless told otherwise. For async steps that mostly wait, for
   * an API for instance: each task waits while others go on. A step that computes gains nothing, and holds up those beside it.
   */
  readonly concurrency?: number;
}

const CHECKS: { readonly [Name in keyof Required<StepOptions>]: (value: unknown) => string | undefined } = {
  reuse: (value) => (typeof value === 'boolean' ? undefined : 'true or false'),
  concurrency: (value) =>
    Number.isSafeInteger(value) && Number(value) >= 1 ? undefined : 'a whole number from 1 up',
};

/** The options as they were given. Throws DecoratorError when there are others, or some do not fit. */
export function checkedStepOptions(step: string, options: unknown): StepOptions {
  if (typeof options !== 'object' || options === null)
    throw new DecoratorError('step', step, 'takes options as an object: @step({ reuse: false }).');
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(CHECKS, name)) {
      const known = Object.keys(CHECKS).join(', ');
      throw new DecoratorError('step', step, `has no option "${name}". Its options: ${known}.`);
    }
    const expected = CHECKS[name as keyof StepOptions](value);
    if (value !== undefined && expected !== undefined)
      throw new DecoratorError(
        'step',
        step,
        `takes ${expected} as ${name}, but was given ${typeof value === 'number' ? value : JSON.stringify(value)}.`,
      );
  }
  return options;
}
