import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, writeFileAtomically } from '../atomic-file.ts';
import { entryAt, isAbsent, kindOf, makeFolderIn, readPlain, StoreEntryError } from '../plain-files.ts';
import { noteSharing } from '../sharing.ts';
import { NotARepositoryError } from './errors.ts';

// bigFileThreshold: chunks are compressed already, so git shall not look for deltas among them. gc.auto: flow gc
// decides when. unpackLimit: what is fetched stays one pack instead of a file per object. commitGraph, writeCommitGraph, multiPackIndex: caches of
// native git that would name checkpoints and packs a run has dropped since; without history they gain nothing. oxbow.store: the mark of a store.
const CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	bigFileThreshold = 512k
	commitGraph = false
	multiPackIndex = false
[gc]
	auto = 0
	writeCommitGraph = false
[transfer]
	fsckObjects = true
	unpackLimit = 1
[oxbow]
	store = 1
`;

const FILES: readonly (readonly [name: string, content: string])[] = [
  ['.gitignore', '*\n'],
  ['config', CONFIG],
  ['HEAD', 'ref: refs/heads/main\n'], // Last: a folder without HEAD is not a repository yet.
];

const LAYOUT = ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'];

/** Lays out an empty bare repository, or completes one; what is there stays. Two processes may do so at once. */
export function layOutRepository(path: string): void {
  makeFolder(path);
  for (const folder of LAYOUT) makeFolderIn(path, folder);
  for (const [name, content] of FILES) {
    if (entryAt(join(path, name)) === undefined) writeFileAtomically(join(path, name), content);
  }
}

/**
 * The folder with HEAD, objects and refs: the path itself, or `.git` in it. Throws a {@link NotARepositoryError} when
 * there is none, or when it uses a format this store cannot read, and the file system's own errors when it does not let us know.
 */
export function findGitFolder(path: string, options: { readonly followLinks?: boolean } = {}): string {
  const folder = [path, join(path, '.git')].find((each) => isGitFolder(each, options));
  if (folder === undefined) {
    throw new NotARepositoryError(
      path,
      statOf(path) ? 'it has no HEAD, objects and refs' : 'there is no such folder',
    );
  }
  const config = configOf(folder);
  const problem = unsupported(config);
  if (problem !== undefined) throw new NotARepositoryError(path, problem);
  noteSharing(folder, configValue(config, 'sharedRepository'));
  return folder;
}

/** Whether a folder has HEAD, objects and refs, as git asks. Throws StoreEntryError when its folders are symbolic links and those are not followed. */
export function isGitFolder(path: string, { followLinks = false } = {}): boolean {
  const look = followLinks ? statOf : entryAt;
  if (look(join(path, 'HEAD')) === undefined) return false;
  const isRepository = ['objects', 'refs'].every((name) => statOf(join(path, name))?.isDirectory());
  if (isRepository && !followLinks) checkFolders(path);
  return isRepository;
}

/** Objects and refs lie in the store itself: whoever writes or removes them would do so elsewhere. */
function checkFolders(path: string): void {
  for (const folder of ['objects', 'objects/pack', 'objects/info', 'refs']) {
    const stat = entryAt(join(path, folder));
    if (stat?.isSymbolicLink()) throw new StoreEntryError(join(path, folder), kindOf(stat));
  }
}

/** What is there, links followed; undefined when nothing is. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** The text of a repository's config; empty when there is none. */
export function configOf(folder: string): string {
  return entryAt(join(folder, 'config')) ? readPlain(join(folder, 'config')).toString() : '';
}

function unsupported(config: string): string | undefined {
  const value = (key: string) => configValue(config, key)?.toLowerCase();
  if (!['sha1', undefined].includes(value('objectformat'))) return 'its objects are not named by SHA-1';
  if (!['files', undefined].includes(value('refstorage'))) return 'its refs are not kept in files';
  if (Number(value('repositoryformatversion') ?? 0) > 1) return 'its format is newer than version 1';
  return undefined;
}

/** The value of a key in the text of a config, whatever its section. */
export const configValue = (config: string, key: string): string | undefined =>
  new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)`, 'im').exec(config)?.[1];
