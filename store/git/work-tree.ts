import { readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { ObjectId } from '../ids.ts';
import { readPlain } from '../plain-files.ts';
import { objectIdOf } from './object.ts';
import { Repository } from './repository.ts';

/** Where the work tree of a user's repository stands. */
export interface WorkTreeState {
  /** The commit that HEAD names. */
  readonly commit: ObjectId;
  /** The branch that is checked out; absent when none is. */
  readonly branch?: string;
  /** Whether some of the files differ from the commit or are not in it; absent when that would take too long to tell. */
  readonly dirty?: boolean;
}

/** Indexes of packs are read whole: beyond this, in bytes, a repository is not asked for its trees. */
const MAX_INDEXES = 64 << 20;

/**
 * The state of the repository that a folder lies in, for some files (absolute path to content): told without running git, by comparing
 * ids of blobs. Undefined when there is no repository, it has no commit, or it is of a kind that cannot be read. Never throws.
 */
export function workTreeState(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): WorkTreeState | undefined {
  try {
    const found = findRepository(folder);
    return found && stateOf(found, files);
  } catch {
    // What git makes of the repository is the user's affair; a run does not fail for it.
    return undefined;
  }
}

/** The folders of a repository. */
interface Place {
  /** Folder of the files. */
  readonly root: string;
  /** Where HEAD is: of its own for each work tree. */
  readonly head: string;
  /** Where refs and objects are. */
  readonly common: string;
}

function findRepository(from: string): Place | undefined {
  for (let root = resolve(from); ; root = dirname(root)) {
    const path = join(root, '.git');
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return { root, head: path, common: path };
    if (stat?.isFile()) return linked(root, path);
    if (root === dirname(root)) return undefined;
  }
}

/** A linked work tree, or a submodule: `.git` is a file that says where the repository is. */
function linked(root: string, path: string): Place {
  const head = resolve(
    root,
    textOf(path)
      .replace(/^gitdir:\s*/, '')
      .trim(),
  );
  const shared = statSync(join(head, 'commondir'), { throwIfNoEntry: false });
  const common = shared ? resolve(head, textOf(join(head, 'commondir')).trim()) : head;
  return { root, head, common };
}

/** A file of the user's repository, links followed: where they lead must be a file, not a FIFO that waits or a device without an end. */
const textOf = (path: string): string => readPlain(realpathSync(path)).toString();

function stateOf(
  { root, head, common }: Place,
  files: ReadonlyMap<string, Uint8Array>,
): WorkTreeState | undefined {
  const repository = Repository.open(common, { followLinks: true });
  const [, ref, id] = /^(?:ref:\s*(\S+)|([0-9a-f]{40}))\s*$/.exec(textOf(join(head, 'HEAD'))) ?? [];
  const commit = ref === undefined ? (id as ObjectId | undefined) : repository.refs.read(ref);
  if (commit === undefined) return undefined;
  const branch = ref?.startsWith('refs/heads/') ? { branch: ref.slice('refs/heads/'.length) } : {};
  const isVast = sizeOfIndexes(repository.packFolder) > MAX_INDEXES;
  return { commit, ...branch, ...(isVast ? {} : { dirty: isDirty(repository, commit, { root, files }) }) };
}

function sizeOfIndexes(folder: string): number {
  const indexes = readdirSync(folder).filter((name) => name.endsWith('.idx'));
  return indexes.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function isDirty(
  repository: Repository,
  commit: ObjectId,
  { root, files }: { readonly root: string; readonly files: ReadonlyMap<string, Uint8Array> },
): boolean {
  const { tree } = repository.commit(commit);
  return [...files].some(([path, bytes]) => {
    const inside = relative(root, path);
    // Files of another place, such as a linked package, are not for this repository to tell of.
    if (inside.startsWith('..')) return false;
    return blobAt(repository, tree, inside.split(sep)) !== objectIdOf('blob', bytes);
  });
}

function blobAt(repository: Repository, root: ObjectId, path: readonly string[]): ObjectId | undefined {
  let id: ObjectId | undefined = root;
  for (const name of path) id = id && repository.tree(id).find((entry) => entry.name === name)?.id;
  return id;
}
