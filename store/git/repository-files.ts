import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, writeFileAtomically } from '../atomic-file.ts';
import { NotARepositoryError } from './errors.ts';

// bigFileThreshold: chunks are compressed already, so git shall not look for deltas among them. gc.auto: flow gc
// decides when. unpackLimit: what is fetched stays one pack instead of a file per object. commitGraph, writeCommitGraph, multiPackIndex: caches of
// native git that would name checkpoints and packs a run has dropped since; without history they gain nothing.
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
`;

const FILES: readonly (readonly [name: string, content: string])[] = [
  ['.gitignore', '*\n'],
  ['config', CONFIG],
  ['HEAD', 'ref: refs/heads/main\n'], // Last: a folder without HEAD is not a repository yet.
];

/** Lays out an empty bare repository, or completes one; what is there stays. Two processes may do so at once. */
export function layOutRepository(path: string): void {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
    makeFolder(join(path, folder));
  for (const [name, content] of FILES) {
    if (!existsSync(join(path, name))) writeFileAtomically(join(path, name), content);
  }
}

/**
 * The folder with HEAD, objects and refs: the path itself, or `.git` in it. Throws a {@link NotARepositoryError} when
 * there is none, or when it uses a format this store cannot read.
 */
export function findGitFolder(path: string): string {
  const folder = [path, join(path, '.git')].find(isGitFolder);
  if (folder === undefined) {
    throw new NotARepositoryError(
      path,
      existsSync(path) ? 'it has no HEAD, objects and refs' : 'there is no such folder',
    );
  }
  const problem = unsupported(folder);
  if (problem !== undefined) throw new NotARepositoryError(path, problem);
  return folder;
}

function isGitFolder(path: string): boolean {
  return existsSync(join(path, 'HEAD')) && isFolder(join(path, 'objects')) && isFolder(join(path, 'refs'));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function unsupported(folder: string): string | undefined {
  const path = join(folder, 'config');
  const config = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const value = (key: string) =>
    new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)`, 'im').exec(config)?.[1]?.toLowerCase();
  if (!['sha1', undefined].includes(value('objectformat'))) return 'its objects are not named by SHA-1';
  if (!['files', undefined].includes(value('refstorage'))) return 'its refs are not kept in files';
  if (Number(value('repositoryformatversion') ?? 0) > 1) return 'its format is newer than version 1';
  return undefined;
}
