import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Refs } from './git/refs.ts';
import { Repository } from './git/repository.ts';
import { configOf, configValue, isGitFolder, statOf } from './git/repository-files.ts';
import { clonedRuns, fetchRuns } from './history/cloned-runs.ts';
import { isRunId } from './history/run-id.ts';
import { entryAt, readPlain } from './plain-files.ts';

/** What a folder is: a store; `new`, where one may be made; or something `other`, with what it is. */
export type FolderKind =
  | { readonly kind: 'store' | 'new'; readonly reason?: undefined; readonly remedy?: undefined }
  | {
      readonly kind: 'other';
      readonly reason: string;
      /** What to do, a sentence, where another folder is not what was meant. */
      readonly remedy: string | undefined;
    };

/** Judges a folder. Only ENOENT means that nothing is there: throws the file system's other errors, and StoreEntryError for a store with links in it. */
export function judgeFolder(path: string): FolderKind {
  const stat = statOf(path);
  if (stat === undefined)
    return entryAt(path) ? other('it is a symbolic link that leads nowhere', NAME_A_FOLDER) : { kind: 'new' };
  if (!stat.isDirectory()) return other('it is a file', NAME_A_FOLDER);
  if (isGitFolder(path)) return judgeRepository(path);
  const names = readdirSync(path);
  if (isNew(path, names)) return { kind: 'new' };
  if (names.includes('.git'))
    return other(
      'it is the folder of a project with a git repository of its own, or a clone of a store made without `--mirror`',
    );
  const lacks = ['HEAD', 'objects', 'refs'].filter((name) => !names.includes(name));
  if (lacks.length < 3 && names.includes('config'))
    return other(`it is a git repository that lacks ${lacks.join(' and ')}`, 'Restore it from a copy.');
  return other('it has other files in it');
}

const other = (reason: string, remedy?: string): FolderKind => ({ kind: 'other', reason, remedy });

const NAME_A_FOLDER = 'Name a folder.';

/**
 * A store is bare and has a mark: its config says so; or its `.gitignore` does, in stores made by early versions; or it has runs, as a copy
 * made by `git clone` has.
 */
function judgeRepository(path: string): FolderKind {
  const config = configOf(path);
  const bare = configValue(config, 'bare')?.toLowerCase();
  const hasWorkTree =
    basename(path) === '.git' ||
    configValue(config, 'worktree') !== undefined ||
    ['false', 'no', 'off', '0'].includes(bare ?? '') ||
    (bare === undefined && entryAt(join(path, 'index')) !== undefined);
  if (hasWorkTree)
    return other(
      'it is a git repository with a work tree (a clone of a store is made with `git clone --mirror`)',
    );
  if (hasMark(config) || isIgnored(path) || hasRuns(path) || hasClonedRuns(path)) return { kind: 'store' };
  const isClone = configValue(config, 'url') !== undefined;
  const remedy = isClone ? `If it is a copy of a store, fetch its runs: ${fetchRuns(path)}` : undefined;
  return other('it is a git repository without the mark of a store, and without runs', remedy);
}

const hasMark = (config: string): boolean => /^\s*\[oxbow\]\s*$/im.test(config);

/** Every store has had one from the first version on, and no other bare repository has. */
function isIgnored(path: string): boolean {
  const file = join(path, '.gitignore');
  return entryAt(file)?.isFile() === true && readPlain(file).toString() === '*\n';
}

function hasClonedRuns(path: string): boolean {
  const repository = Repository.open(path);
  try {
    return clonedRuns(repository).length > 0;
  } finally {
    repository.close();
  }
}

function hasRuns(path: string): boolean {
  const refs = new Refs(path);
  return refs.folders('refs/runs/').some((flow) => {
    const folder = `refs/runs/${flow}/`;
    const [latest = ''] = refs.latest(folder);
    return isRunId(latest.slice(folder.length));
  });
}

/** What a process that was killed while it made a store may have left: all of it but HEAD, which comes last. */
function isNew(path: string, names: readonly string[]): boolean {
  return names.every((name) => {
    if (name === 'objects' || name === 'refs') return isWithoutFiles(join(path, name));
    return name === '.gitignore' || name === 'config'
      ? names.includes('objects')
      : name.startsWith('.oxbow-tmp-');
  });
}

function isWithoutFiles(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).every((entry) => entry.isDirectory());
}

/** Folders in which git takes whatever it finds for its own. */
const OF_GIT = new Set(['hooks', 'info', 'logs', 'objects', 'refs', 'worktrees']);

/** The git repository, a user's or a store, in one of whose own folders a folder lies that is yet to be made; undefined when there is none. */
export function gitFolderAround(path: string): string | undefined {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  folder = existsSync(folder) ? realpathSync(folder) : folder;
  for (; dirname(folder) !== folder; folder = dirname(folder)) {
    if (OF_GIT.has(basename(folder)) && isGitFolder(dirname(folder), { followLinks: true }))
      return dirname(folder);
  }
  return undefined;
}
