/**
 * The root of every error Oxbow raises on purpose. `code` is stable and equals the class name; `message` is one
 * sentence that names the culprit and says what to do. Anything else that is thrown is a bug or the user's own error.
 */
export abstract class OxbowError extends Error {
  /** Stable name of the kind of error, the same as the class name. */
  abstract readonly code: string;

  override get name(): string {
    return this.code;
  }
}
