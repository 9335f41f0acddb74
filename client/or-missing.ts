import { NotFoundError } from './errors.ts';

/** What is not there is undefined; what is damaged is an error. */
export function orMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
