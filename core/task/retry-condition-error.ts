import { OxbowError } from '#store';

/** The condition of `@retry` could not say whether another attempt follows: none does. */
export class RetryConditionError extends OxbowError {
  override readonly code = 'RetryConditionError';
  readonly step: string;

  constructor(step: string, problem: string, options?: ErrorOptions) {
    super(`The condition ("if") of @retry on the step "${step}" ${problem}`, options);
    this.step = step;
  }
}
