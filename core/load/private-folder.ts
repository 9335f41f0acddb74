import { accessSync, constants, existsSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { makeFolder } from '#store';

/** Others than the owner may write. */
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/**
 * A private folder of the user: `names` below the folder that an XDG variable names, else below `usual` in the user's home. Undefined when
 * there is neither. A relative path is no home: it would name a folder of whatever project the process was started in, which may come from elsewhere.
 */
export function userFolder(
  named: string | undefined,
  usual: string,
  names: readonly string[],
): string | undefined {
  if (named !== undefined && isAbsolute(named)) return privateFolder(named, names);
  const home = homeFolder();
  return home === undefined ? undefined : privateFolder(join(home, usual), names);
}

function homeFolder(): string | undefined {
  try {
    const home = homedir();
    // One that is not there is no place of this user: containers and services have such names.
    return isAbsolute(home) && existsSync(home) ? home : undefined;
  } catch {
    // A container may run under a uid that has no home.
    return undefined;
  }
}

/**
 * The folder `names` below `base`, made where it is missing, if nobody but this user can write into it or put another in its place;
 * else undefined. `base` may be a link, what is below it may not.
 */
export function privateFolder(base: string, names: readonly string[]): string | undefined {
  try {
    makeFolder(base, { sync: false, mode: 0o700 });
    let folder = realpathSync(base);
    if (!holdsFoldersOfOurs(folder)) return undefined;
    for (const name of names) {
      folder = join(folder, name);
      makeOwn(folder);
      if (!isOurs(folder)) return undefined;
    }
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    // It cannot be made, looked at or written to.
    return undefined;
  }
}

function makeOwn(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** A folder, no link to one, that this user owns and nobody else writes to. */
function isOurs(path: string): boolean {
  const stat = lstatSync(path);
  return stat.isDirectory() && isOwn(stat.uid) && (stat.mode & OTHERS_WRITE) === 0;
}

/** Whether only this user, or root, can take a folder of ours out of this one. */
function holdsFoldersOfOurs(path: string): boolean {
  const { uid, gid, mode } = statSync(path);
  if (!isOwn(uid) && uid !== 0) return false;
  const isShared = (mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0;
  // Where each user has a group of their own, folders are made for the group to write to.
  const isOwnGroup = (mode & 0o002) === 0 && gid === process.getgid?.();
  return !isShared || isOwnGroup;
}

/** Where there are no users, the folder is the user's by its place. */
const isOwn = (uid: number): boolean => (process.geteuid?.() ?? uid) === uid;
