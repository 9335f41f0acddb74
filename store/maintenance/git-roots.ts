import { join } from 'node:path';
import { MalformedObjectError } from '../git/errors.ts';
import { looseRefNames } from '../git/loose-refs.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { objectsOfIndex } from './git-index.ts';
import { eachLine, filesBelow, filesIn, foldersIn, readPlainFile } from './native-files.ts';
import type { Target } from './reach.ts';

/** An object that native git protects though no ref of the repository names it. */
export interface GitRoot extends Target {
  /** The file that names it, as a path within the repository. */
  readonly file: string;
}

/** What native git protects beside refs. */
export interface GitRoots {
  readonly roots: readonly GitRoot[];
  /** Files that may name objects and cannot be understood: with one of these, nothing may be pruned. */
  readonly unreadable: readonly UnreadableFile[];
}

/** A file of native git that cannot be understood. */
export interface UnreadableFile {
  readonly file: string;
  readonly problem: string;
}

const NULL_ID = '0'.repeat(40);
/** Git's names for commits it is busy with: HEAD, ORIG_HEAD, MERGE_HEAD, AUTO_MERGE, BISECT_EXPECTED_REV. */
const PSEUDO_REF = /^[A-Z][A-Z_]*$/;
/** Folders in which a rebase or a sequence of picks keeps its state. */
const STATE_FOLDERS = ['rebase-merge', 'rebase-apply', 'sequencer'];

/**
 * Everything but refs that keeps objects for native git, in the repository and each of its worktrees: HEAD and the names beside it, a
 * rebase at work, the index with its cache of trees and resolved conflicts, reflogs, and the refs of a worktree. What is listed may
 * be missing from the repository: git tolerates that, for reflogs outlive what they name.
 */
export function gitRoots({ path }: Pick<Repository, 'path'>): GitRoots {
  const found: Found = { roots: [], unreadable: [] };
  collect(path, '', found);
  for (const name of within('worktrees', found, () => foldersIn(join(path, 'worktrees')))) {
    const prefix = `worktrees/${name}/`;
    collect(path, prefix, found);
    const folder = join(path, prefix);
    for (const ref of looseRefNames(folder, 'refs/')) readIds(path, prefix + ref, found);
  }
  return found;
}

interface Found {
  readonly roots: GitRoot[];
  readonly unreadable: UnreadableFile[];
}

/** The roots that one HEAD has beside it; `prefix` is the folder of a worktree, or empty. */
function collect(path: string, prefix: string, found: Found): void {
  // With the dot: the store's own folder may be reached through a link.
  for (const name of within(prefix, found, () => filesIn(`${join(path, prefix)}/.`))) {
    if (PSEUDO_REF.test(name)) readIds(path, prefix + name, found);
    else if (name === 'index' || name.startsWith('sharedindex.')) readIndex(path, prefix + name, found);
  }
  for (const folder of STATE_FOLDERS) {
    for (const name of within(prefix + folder, found, () => filesBelow(join(path, prefix, folder))))
      readIds(path, `${prefix}${folder}/${name}`, found);
  }
  for (const name of within(`${prefix}logs`, found, () => filesBelow(join(path, prefix, 'logs'))))
    readReflog(path, `${prefix}logs/${name}`, found);
}

/** Every line that begins with an object id names that object. */
function readIds(path: string, file: string, found: Found): void {
  guarded(file, found, () =>
    eachLine(join(path, file), (line) => {
      const [, id] = /^([0-9a-f]{40})(?:[ \t\n\r]|$)/.exec(line) ?? [];
      if (id !== undefined) add(id, { file, kind: 'unknown' }, found);
    }),
  );
}

function readReflog(path: string, file: string, found: Found): void {
  guarded(file, found, () => {
    let last = '';
    eachLine(join(path, file), (line) => {
      const [, from, to] = /^([0-9a-f]{40}) ([0-9a-f]{40}) /.exec(line) ?? [];
      // Most lines begin where the one before ended.
      if (from !== undefined && from !== last) add(from, { file, kind: 'unknown' }, found);
      if (to !== undefined) add(to, { file, kind: 'unknown' }, found);
      last = to ?? last;
    });
  });
}

function readIndex(path: string, file: string, found: Found): void {
  guarded(file, found, () => {
    const bytes = readPlainFile(join(path, file));
    if (bytes === undefined) return;
    for (const { id, kind } of objectsOfIndex(bytes)) add(id, { file, kind }, found);
  });
}

function add(id: string, { file, kind }: Omit<GitRoot, 'id'>, { roots }: Found): void {
  if (id !== NULL_ID) roots.push({ id: id as ObjectId, kind, file });
}

/** The names in a folder; none when it cannot be looked into, which is noted. */
function within(folder: string, found: Found, list: () => string[]): string[] {
  let names: string[] = [];
  guarded(folder, found, () => {
    names = list();
  });
  return names;
}

function guarded(file: string, { unreadable }: Found, read: () => void): void {
  try {
    read();
  } catch (error) {
    const problem = error instanceof MalformedObjectError ? error.problem : (error as Error).message;
    unreadable.push({ file, problem });
  }
}
