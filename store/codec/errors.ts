import { types } from 'node:util';
import { OxbowError } from '../errors.ts';

/** A value holds something that no store can hold; `path` leads to it, `reason` is the rest of the sentence. */
export class UnstorableError extends OxbowError {
  readonly code = 'UnstorableError';
  readonly artifact: string;
  readonly path: string;
  readonly reason: string;

  constructor(artifact: string, path: string, reason: string, options?: ErrorOptions) {
    super(`artifact "${artifact}" cannot be stored: ${path} ${reason}`, options);
    this.artifact = artifact;
    this.path = path;
    this.reason = reason;
  }
}

/** Whether what was thrown is an {@link UnstorableError}: a proxy may throw when it is asked what it is. */
export function isUnstorable(thrown: unknown): thrown is UnstorableError {
  return !types.isProxy(thrown) && thrown instanceof UnstorableError;
}

/** What was thrown, in words; whatever was thrown, there are some. */
export function reasonOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'what it throws cannot be looked at either';
  }
}

/** What is stored for an artifact is damaged or was never written by Oxbow; `where` names the file inside it. */
export class ArtifactCorruptError extends OxbowError {
  readonly code = 'ArtifactCorruptError';
  readonly artifact: string;
  readonly where: string;
  readonly problem: string;

  constructor(artifact: string, where: string, problem: string, options?: ErrorOptions) {
    super(
      `Artifact "${artifact}" is corrupt: ${where} ${problem}. Fetch it from a copy of the store, or run its task again.`,
      options,
    );
    this.artifact = artifact;
    this.where = where;
    this.problem = problem;
  }
}

/** An artifact needs something this process does not have: a newer Oxbow, a registered class, Temporal. */
export class UnreadableError extends OxbowError {
  readonly code = 'UnreadableError';
  readonly artifact: string;
  readonly needs: string;

  constructor(artifact: string, needs: string, remedy: string, options?: ErrorOptions) {
    super(`Artifact "${artifact}" needs ${needs}, which this process does not have. ${remedy}`, options);
    this.artifact = artifact;
    this.needs = needs;
  }
}
