// Code that a run recorded is executed with the packages of today: they are linked around it as they lie around the flow now.
import { lstatSync, readdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Run } from '#client';
import { makeFolder } from '#core';

/**
 * Links packages within `root`, where the code of a run is: a name that leads to a package whose code was recorded leads to the recorded
 * code; and, if `isForUseHere`, members of a workspace have what they have for themselves today.
 */
export function linkPackagesWithin(
  code: Run['code'],
  { from, root, isForUseHere }: { from: string; root: string; isForUseHere: boolean },
): void {
  const project = projectOf(code, from);
  if (project === undefined) return;
  const members = new Set(['.', ...[...code.contents()].flatMap(([path]) => memberAt(path))]);
  const recorded = new Map([...members].map((member) => [targetOf(join(project, member)), member]));
  for (const member of members) {
    const packages = join(project, member, 'node_modules');
    if (!isFolder(packages)) continue;
    for (const name of namesIn(packages)) {
      const at = join(root, member, 'node_modules', name);
      const target = targetOf(join(packages, name));
      const found = recorded.get(target);
      if (found !== undefined && found !== '.') link(relative(dirname(at), join(root, found)), at, root);
      else if (member !== '.' && isForUseHere && target !== undefined) link(target, at, root);
    }
  }
}

const memberAt = (path: string): string[] => (basename(path) === 'package.json' ? [dirname(path)] : []);

/** The folder in which the flow's file lies today at the path that the code has it. */
const projectOf = ({ entry }: Run['code'], from: string): string | undefined =>
  foldersAbove(from).find((folder) => statSync(join(folder, entry), { throwIfNoEntry: false })?.isFile());

/** Names of packages, scopes included. */
const namesIn = (packages: string): string[] =>
  readdirSync(packages)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') && isFolder(join(packages, name))
        ? readdirSync(join(packages, name)).map((one) => `${name}/${one}`)
        : [name],
    );

/** Links a package unless something of its name is there, or the way to it leads through a link, which may lead out of `root`. */
function link(target: string, at: string, root: string): void {
  if (lstatSync(at, { throwIfNoEntry: false })) return;
  for (let way = dirname(at); way.length > root.length; way = dirname(way))
    if (lstatSync(way, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  makeFolder(dirname(at), { sync: false });
  symlinkSync(target, at, 'dir');
}

function targetOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    // A link that leads nowhere is no package.
    return undefined;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** A folder and those above it. */
export function foldersAbove(from: string): string[] {
  const folders = [from];
  // A list gives what is added while it is walked.
  for (const folder of folders) if (dirname(folder) !== folder) folders.push(dirname(folder));
  return folders;
}
