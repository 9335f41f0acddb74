import { createHash } from 'node:crypto';
import { type Digest, parseDigest } from '#store';

/**
 * What stands for all that `mergeArtifacts` looks at: the trees of the inputs' artifacts, in order, and of the task that split. Trees may differ by
 * compression alone; then equal inputs count as changed, which costs an execution and never a wrong result.
 */
export const mergeDigest = (trees: readonly string[]): Digest =>
  parseDigest(createHash('sha256').update(trees.join('\n')).digest('hex'));
