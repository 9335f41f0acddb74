import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { errorCode } from '../atomic-file.ts';
import { OxbowError } from '../errors.ts';
import { looseRefNames } from '../git/loose-refs.ts';
import { checkRefName } from '../git/ref-name.ts';
import type { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import { entryAt } from '../plain-files.ts';
import type { FileDamage } from './damage.ts';
import { cacheDamage } from './fsck-caches.ts';
import type { Root } from './fsck-reach.ts';
import { checkConfig } from './git-config-values.ts';
import { gitRoots } from './git-roots.ts';
import { type Grafts, readGrafts } from './grafts.ts';
import { foldersIn, readPlainFile, UnfitFileError } from './native-files.ts';

/** What the files say that are no objects. */
export interface FilesScan {
  /** Every ref that names an object, in order of names. */
  readonly refs: ReadonlyMap<string, ObjectId>;
  /** What HEADs, indexes and reflogs name beside refs. */
  readonly roots: readonly Root[];
  readonly grafts: Grafts;
  readonly damage: readonly FileDamage[];
}

const NULL_ID = '0'.repeat(40);

/** Reads the config, HEAD, refs, indexes, reflogs and caches of a store as git does, and tells what git would refuse. */
export function scanFiles(repository: Repository): FilesScan {
  const { path } = repository;
  const { settings, problems } = checkConfig(path);
  const damage: FileDamage[] = problems.map((problem) => ({ file: 'config', problem }));
  damage.push(...cacheDamage(path, settings));
  const grafts = readGrafts(path);
  damage.push(...grafts.unreadable);
  const refs = readRefs(repository, damage);
  const roots: Root[] = [];
  checkHead(path, 'HEAD', { roots, damage });
  for (const name of worktreesOf(path)) {
    checkHead(path, `worktrees/${name}/HEAD`, { roots, damage });
    checkCommonFolder(path, `worktrees/${name}`, damage);
  }
  const { roots: others, unreadable } = gitRoots(repository);
  damage.push(...unreadable);
  // The names beside HEAD may be of what has been pruned since: git does not mind, and neither does a prune.
  const seen = new Set<ObjectId>();
  for (const { id, kind, file } of others) {
    if (seen.has(id) || !/(?:^|\/)(?:index|sharedindex\.\w+|logs\/.*)$/.test(file)) continue;
    seen.add(id);
    roots.push({ id, kind, address: file });
  }
  return { refs, roots, grafts, damage };
}

type Found = Pick<{ roots: Root[]; damage: FileDamage[] }, 'roots' | 'damage'>;

function checkHead(path: string, file: string, { roots, damage }: Found): void {
  const text = textOf(path, file, damage);
  if (text === null) return;
  // A worktree without either is half made, or half removed.
  if (text === undefined && file !== 'HEAD' && entryAt(join(path, dirname(file), 'gitdir')) === undefined)
    return;
  const { target, id } = parseRef(text ?? '');
  if (id !== undefined) {
    if (id === NULL_ID) damage.push({ file, problem: 'names no commit' });
    else roots.push({ id, kind: 'unknown', type: 'commit', address: file });
  } else if (target === undefined) damage.push({ file, problem: 'names neither a branch nor a commit' });
  else if (!target.startsWith('refs/heads/') || nameProblem(target) !== undefined)
    damage.push({ file, problem: `names ${JSON.stringify(target)}, which is no branch` });
}

/** A folder that cannot be looked into is told with what gitRoots finds. */
function worktreesOf(path: string): string[] {
  try {
    return foldersIn(join(path, 'worktrees'));
  } catch (error) {
    if (error instanceof UnfitFileError) return [];
    throw error;
  }
}

/** A worktree says where the repository is that it belongs to. */
function checkCommonFolder(path: string, worktree: string, damage: FileDamage[]): void {
  const file = `${worktree}/commondir`;
  const text = textOf(path, file, damage);
  if (text === undefined || text === null) return;
  const named = resolve(path, worktree, text.replace(/[\r\n]+$/, ''));
  if (named !== resolve(path))
    damage.push({ file, problem: `names ${JSON.stringify(named)}, another folder` });
}

/** Every ref; the damaged ones are told and left out. */
function readRefs(repository: Repository, damage: FileDamage[]): Map<string, ObjectId> {
  const { path } = repository;
  const refs = new Map<string, ObjectId>();
  // Files are listed before the table is read: a ref that is packed meanwhile turns up there.
  const loose = [...looseRefNames(path, 'refs/')];
  for (const [name, id] of readPackedRefs(path, damage)) refs.set(name, id);
  for (const name of loose) {
    const text = textOf(path, name, damage);
    if (text === undefined || text === null) continue; // Packed or deleted meanwhile, or told.
    const { target, id } = parseRef(text);
    const found = target === undefined ? id : follow(repository, name);
    const problem =
      nameProblem(name) ??
      (id === undefined && target === undefined ? 'does not hold an object id' : undefined) ??
      (found === undefined ? `names ${JSON.stringify(target)}, which does not exist` : undefined) ??
      (found === NULL_ID ? 'names no object' : undefined);
    if (problem !== undefined) damage.push({ file: name, problem });
    if (found !== undefined && found !== NULL_ID) refs.set(name, found);
  }
  for (const [name, id] of refs) if (id === NULL_ID) refs.delete(name);
  return new Map([...refs].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function follow({ refs }: Repository, name: string): ObjectId | undefined {
  try {
    return refs.read(name);
  } catch (error) {
    if (error instanceof OxbowError) return undefined;
    throw error;
  }
}

/** Lines of packed-refs as git reads them: a header, refs, and after a ref what it peels to. */
function readPackedRefs(path: string, damage: FileDamage[]): Map<string, ObjectId> {
  const file = 'packed-refs';
  const refs = new Map<string, ObjectId>();
  const text = textOf(path, file, damage) ?? '';
  if (text === '') return refs;
  const wrong = (problem: string): void => {
    damage.push({ file, problem });
  };
  const lines = text.split('\n');
  if (lines.pop() !== '') wrong('ends in the middle of a line');
  const claimsOrder = /^# pack-refs with:.* sorted(?: |$)/.test(lines[0] ?? '');
  let last: string | undefined;
  let peels = false;
  for (const [at, line] of lines.entries()) {
    if (at === 0 && line.startsWith('# pack-refs with:')) continue;
    const [, id, name] = /^([0-9a-f]{40}) (.+)$/s.exec(line) ?? [];
    if (name === undefined || id === undefined) {
      if (!peels || !/^\^[0-9a-f]{40}$/.test(line)) wrong(`has the line ${JSON.stringify(line)}`);
      peels = false;
      continue;
    }
    peels = true;
    const problem = nameProblem(name);
    if (problem !== undefined) wrong(problem);
    if (id === NULL_ID) wrong(`says that ${name} names no object`);
    if (claimsOrder && last !== undefined && Buffer.compare(Buffer.from(last), Buffer.from(name)) >= 0)
      wrong(`has ${name} out of order, though it claims to be sorted`);
    last = name;
    refs.set(name, id as ObjectId);
  }
  return refs;
}

function nameProblem(name: string): string | undefined {
  try {
    checkRefName(name);
    return undefined;
  } catch (error) {
    if (error instanceof OxbowError) return error.message.replace(/\.$/, '');
    throw error;
  }
}

function parseRef(text: string): { readonly target?: string; readonly id?: ObjectId } {
  const symbolic = /^ref:[ \t\r\n]*(.*)$/s.exec(text.replace(/[ \t\r\n]+$/, ''))?.[1];
  if (symbolic !== undefined) return { target: symbolic };
  const id = /^([0-9a-f]{40})(?:[ \t\r\n]|$)/.exec(text)?.[1];
  return id === undefined ? {} : { id: id as ObjectId };
}

/**
 * What a ref's file says; a symbolic link into refs/ is git's old way to write a symbolic ref. Undefined when there is none, null when it
 * cannot be read, which is told.
 */
function textOf(path: string, name: string, damage: FileDamage[]): string | undefined | null {
  const file = join(path, name);
  try {
    if (lstatSync(file).isSymbolicLink() && readlinkSync(file).startsWith('refs/'))
      return `ref: ${readlinkSync(file)}\n`;
    return readPlainFile(file)?.toString('utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return undefined;
    if (errorCode(error) === '' && !(error instanceof UnfitFileError)) throw error;
    damage.push({ file: name, problem: (error as Error).message });
    return null;
  }
}
