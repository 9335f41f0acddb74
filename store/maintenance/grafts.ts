import { join } from 'node:path';
import type { ObjectId } from '../ids.ts';
import { eachLine } from './native-files.ts';

/** Where history is not what commits say: cut off in a shallow clone, or grafted by hand. */
export interface Grafts {
  /** Commits whose parents were not fetched (`shallow`). */
  readonly shallow: ReadonlySet<ObjectId>;
  /** Parents by commit (`info/grafts`), in place of those it names. */
  readonly parents: ReadonlyMap<ObjectId, readonly ObjectId[]>;
  /** A line of `shallow` that git refuses, if there is one. */
  readonly wrong: string | undefined;
}

const ID = /^[0-9a-f]{40}/;

/** Reads both files; without them there are no grafts. */
export function readGrafts(path: string): Grafts {
  const shallow = new Set<ObjectId>();
  const parents = new Map<ObjectId, readonly ObjectId[]>();
  let wrong: string | undefined;
  eachLine(join(path, 'shallow'), (line) => {
    const [id] = ID.exec(line) ?? [];
    if (id === undefined) wrong ??= line;
    else shallow.add(id as ObjectId);
  });
  eachLine(join(path, 'info', 'grafts'), (line) => {
    const [commit, ...others] = line.trim().split(' ') as ObjectId[];
    // Git passes over comments and what it cannot read.
    if (commit !== undefined && [commit, ...others].every((id) => /^[0-9a-f]{40}$/.test(id)))
      parents.set(commit, others);
  });
  return { shallow, parents, wrong };
}
