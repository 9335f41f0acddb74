import { createHash } from 'node:crypto';
import { contentCuts, fixedCuts } from '../chunk.ts';
import type { Digest } from '../ids.ts';
import type { ObjectSink } from './objects.ts';
import { chunkName, type PartKind, type WrittenPart } from './part.ts';

/** Where a part's bytes are cut into chunks. */
export const cutsOf = (bytes: Uint8Array, kind: PartKind): readonly number[] =>
  kind === 'numeric' ? fixedCuts(bytes.length) : contentCuts(bytes);

/** Stores a part through the sink's {@link ObjectSink.chunks}, hashing it meanwhile; undefined when the sink has no use for that. */
export function writeLargePart(sink: ObjectSink, bytes: Uint8Array, kind: PartKind): WrittenPart | undefined {
  if (sink.chunks === undefined) return undefined;
  const cuts = cutsOf(bytes, kind);
  const intake = sink.chunks({ count: cuts.length, bytes: bytes.length });
  if (intake === undefined) return undefined;
  try {
    const hash = createHash('sha256');
    for (const [i, end] of cuts.entries()) {
      const chunk = bytes.subarray(cuts[i - 1] ?? 0, end);
      intake.add(chunk);
      hash.update(chunk); // While others work on the chunk, and while it is in the cache.
    }
    const chunks = intake.finish().map(({ id, compressed }, i) => {
      return { mode: '100644', name: chunkName(cuts[i - 1] ?? 0, compressed), id } as const;
    });
    const info = { kind, size: bytes.length, digest: hash.digest('hex') as Digest };
    return { info, mode: '40000', id: sink.tree(chunks), compressed: false };
  } finally {
    intake.close();
  }
}
