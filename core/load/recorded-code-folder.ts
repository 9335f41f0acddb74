import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { environment } from '#store';
import { makeTemporary } from './cache-folder.ts';
import { userFolder } from './private-folder.ts';

const PREFIX = 'of-';
const NAME = /^of-[A-Za-z0-9]{6}$/;
/** What a killed process left goes after so long: a run of recorded code may go on. */
const LEFTOVER = 7 * 24 * 3_600_000;

/** A folder to which code is written in order to execute it. */
export interface RecordedCodeFolder {
  /** Where the code goes; not there yet. */
  readonly path: string;
  /** Removes the code and all that was made for it. */
  remove(): void;
}

/**
 * A new folder for recorded code that is about to be executed, outside of every store: node and the compiler look upward from a file for packages, package.json and
 * tsconfig.json, and what lies in a store, or in a folder that others write to, may come from anybody. Packages are those that `from` sees, in the same order;
 * the files end here.
 */
export function recordedCodeFolder(from: string): RecordedCodeFolder {
  const own = userFolder(environment.cacheHome, '.cache', ['oxbow', 'recorded']);
  if (own !== undefined) removeLeftovers(own);
  const root = own === undefined ? makeTemporary('oxbow-recorded-') : mkdtempSync(join(own, PREFIX));
  for (const name of ['package.json', 'tsconfig.json'])
    writeFileSync(join(root, name), '{}\n', { flag: 'wx' });
  let path = root;
  for (const packages of packagesSeenFrom(from)) {
    symlinkSync(packages, join(path, 'node_modules'), 'dir');
    path = join(path, 'in');
    mkdirSync(path);
  }
  return { path: join(path, 'code'), remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** The folders of packages above a folder, the farthest first. */
function packagesSeenFrom(from: string): string[] {
  const found: string[] = [];
  for (let folder = from; ; folder = dirname(folder)) {
    const packages = join(folder, 'node_modules');
    if (existsSync(packages)) found.unshift(packages);
    if (folder === dirname(folder)) return found;
  }
}

/** The folder is this user's alone, so what has such a name is too. */
function removeLeftovers(folder: string): void {
  try {
    for (const name of readdirSync(folder).filter((entry) => NAME.test(entry))) {
      const path = join(folder, name);
      if (Date.now() - lstatSync(path).mtimeMs > LEFTOVER) rmSync(path, { recursive: true, force: true });
    }
  } catch {
    // Another process removes the same, or it stays for the next.
  }
}
