import type { ObjectSink } from '#store';
import type { Secrets } from '../flow/secrets.ts';

/**
 * A sink that takes no bytes with a secret in them: what a codec, a getter or a hidden field brings to light is seen only as it is stored.
 * `refuse` makes the error it throws.
 */
export function secretGuard(sink: ObjectSink, secrets: Secrets | undefined, refuse: () => Error): ObjectSink {
  if (secrets === undefined || secrets.isEmpty) return sink;
  const check = (bytes: Uint8Array): void => {
    if (secrets.areInStored(bytes)) throw refuse();
  };
  let end: Buffer = Buffer.alloc(0);
  // Chunks are cut anywhere, also within a secret.
  const checkChunk = (chunk: Uint8Array): void => {
    check(chunk);
    const start = chunk.subarray(0, secrets.longest);
    check(Buffer.concat([end, start]));
    end = Buffer.from(chunk.subarray(Math.max(0, chunk.length - secrets.longest)));
  };
  return {
    blob: (bytes, options) => {
      if (options?.compressed !== true) check(bytes);
      return sink.blob(bytes, options);
    },
    inspect: checkChunk,
    tree: (entries) => sink.tree(entries),
    has: (id) => sink.has?.(id) ?? false,
    chunks: (part) => {
      const intake = sink.chunks?.(part);
      return (
        intake && {
          add: (chunk) => {
            checkChunk(chunk);
            intake.add(chunk);
          },
          finish: () => intake.finish(),
          close: () => intake.close(),
        }
      );
    },
  };
}
