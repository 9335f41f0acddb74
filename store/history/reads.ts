import type { Digest } from '../ids.ts';

/** One look at the value of an artifact through the client. */
export interface ArtifactRead {
  /** The artifact, as `Flow/run/step/task/name`, `Flow/run/parameters/name` or `Flow/run/constants/name`. */
  readonly address: string;
  readonly digest: Digest;
}

/**
 * Told of every artifact the client reads, once per look. It lives in the store because the client reports here and
 * the engine listens, and neither may import the other. An observer must not throw and must not read artifacts.
 */
export const readObservers = new Set<(read: ArtifactRead) => void>();
