import { join } from 'node:path';
import type { ObjectId } from '../ids.ts';
import { eachLine, UnfitFileError } from './native-files.ts';

/** Where history is not what commits say: cut off in a shallow clone, or grafted by hand. */
export interface Grafts {
  /** Commits whose parents were not fetched (`shallow`). */
  readonly shallow: ReadonlySet<ObjectId>;
  /** Parents by commit (`info/grafts`), in place of those it names. */
  readonly parents: ReadonlyMap<ObjectId, readonly ObjectId[]>;
  /** Which of the two cannot be read, and why. */
  readonly unreadable: readonly { readonly file: string; readonly problem: string }[];
}

const ID = /^[0-9a-f]{40}/;

/** Reads both files; without them there are no grafts. */
export function readGrafts(path: string): Grafts {
  const shallow = new Set<ObjectId>();
  const parents = new Map<ObjectId, readonly ObjectId[]>();
  const unreadable: { file: string; problem: string }[] = [];
  const read = (file: string, look: (line: string) => void): void => {
    try {
      eachLine(join(path, file), look);
    } catch (error) {
      if (!(error instanceof UnfitFileError)) throw error;
      unreadable.push({ file, problem: error.message });
    }
  };
  read('shallow', (line) => {
    const [id] = ID.exec(line) ?? [];
    if (id !== undefined) shallow.add(id as ObjectId);
    else if (unreadable.length === 0)
      unreadable.push({ file: 'shallow', problem: `has the line ${JSON.stringify(line)}` });
  });
  read('info/grafts', (line) => {
    const [commit, ...others] = line.trim().split(' ') as ObjectId[];
    // Git passes over comments and what it cannot read.
    if (commit !== undefined && [commit, ...others].every((id) => /^[0-9a-f]{40}$/.test(id)))
      parents.set(commit, others);
  });
  return { shallow, parents, unreadable };
}
