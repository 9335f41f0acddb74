/** The command line itself is wrong: nothing was looked at or run. */
export class UsageError extends Error {
  readonly code = 'UsageError';
  /** Commands or spellings that would be right, one a line. */
  readonly hints: readonly string[];

  constructor(message: string, hints: readonly string[] = []) {
    super(message);
    this.hints = hints;
  }

  override get name(): string {
    return this.code;
  }
}
