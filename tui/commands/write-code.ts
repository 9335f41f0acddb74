import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Run } from '#client';
import { makeFolder } from '#core';
import { UsageError } from '../usage.ts';

/**
 * Writes the code of a run below a folder, which is made, and links its packages so that they find each other there by name. Gives the path of the flow's own file. Throws UsageError when the folder has
 * something in it, unless `force` is set, and when a file would end up elsewhere: links within the folder are not followed.
 */
export function writeCode(code: Run['code'], folder: string, force: boolean): string {
  // Throws when there is no such file: what is beside the code is not the run's.
  code.read();
  const root = resolve(folder);
  if (!force && hasFiles(root)) {
    throw new UsageError(
      `The folder ${folder} is not empty. Name another one, or write into it with --force.`,
      [],
    );
  }
  const contents = [...code.contents()].map(([path, bytes]) => ({ target: join(root, path), bytes }));
  for (const { target } of contents) checkInside(target, root);
  for (const { target, bytes } of contents) {
    makeFolder(dirname(target), { sync: false });
    write(target, bytes);
  }
  linkPackages(code, root);
  return join(folder, code.entry);
}

/** What npm takes for the name of a package. */
const PACKAGE_NAME = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i;

/**
 * As a workspace is installed: each recorded package below node_modules. Without this its name would lead to the
 * package as it is today, or nowhere.
 */
function linkPackages(code: Run['code'], root: string): void {
  for (const [path, bytes] of code.contents()) {
    if (basename(path) !== 'package.json' || dirname(path) === '.') continue;
    const name = nameIn(bytes);
    if (name === undefined || !PACKAGE_NAME.test(name)) continue;
    const [link, target] = [join(root, 'node_modules', name), join(root, dirname(path))];
    checkInside(link, root);
    if (lstatSync(link, { throwIfNoEntry: false }) && !isLink(link)) continue;
    makeFolder(dirname(link), { sync: false });
    rmSync(link, { force: true });
    symlinkSync(relative(dirname(link), target), link, 'dir');
  }
}

/** No package.json of a module that runs has more bytes. */
const LARGEST_MANIFEST = 1 << 20;

function nameIn(manifest: Uint8Array): string | undefined {
  if (manifest.length > LARGEST_MANIFEST) return undefined;
  try {
    const { name } = JSON.parse(Buffer.from(manifest).toString()) as { readonly name?: unknown };
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

function hasFiles(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  return readdirSync(folder).length > 0;
}

/** No folder on the way may be a link that leads away, and the file itself none that would be written through. */
function checkInside(target: string, root: string): void {
  const within = relative(root, target);
  const parts = within.split(sep);
  const isOutside = within === '' || parts[0] === '..';
  const linked = parts.map((_, depth) => join(root, ...parts.slice(0, depth + 1))).find(isLink);
  if (!isOutside && (linked === undefined || linked === target)) return;
  throw new UsageError(`The file ${target} would be written outside of ${root}. Name an empty folder.`, []);
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** A new file in the place of whatever was there. */
function write(path: string, bytes: Uint8Array): void {
  rmSync(path, { force: true });
  const file = openSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
  );
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  } finally {
    closeSync(file);
  }
}
