import { OxbowError } from '#store';

/** A run or task that a selection passed over because it cannot be read. */
export interface Damaged {
  /** Its address. */
  readonly pathspec: string;
  readonly error: Error;
}

/** Whether an error says that something in the store cannot be read, as against a mistake in a program. */
export function isDamage(error: unknown): error is Error {
  if (error instanceof OxbowError) return true;
  return error instanceof Error && 'syscall' in error;
}

/** Reports damage as Node reports warnings: on stderr, unless the process listens for them. */
export function warnOfDamage({ pathspec, error }: Damaged): void {
  process.emitWarning(`${pathspec} is passed over: ${error.message}`, 'OxbowWarning', 'Damaged');
}
