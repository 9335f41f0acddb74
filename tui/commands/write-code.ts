import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Run } from '#client';
import { UsageError } from '../usage.ts';

/**
 * Writes the code of a run below a folder, which is made. Gives the path of the flow's own file. Throws UsageError when the folder has
 * something in it, unless `force` is set, and when a file would end up elsewhere: links within the folder are not followed.
 */
export function writeCode(code: Run['code'], folder: string, force: boolean): string {
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
    mkdirSync(dirname(target), { recursive: true });
    write(target, bytes);
  }
  return join(folder, code.entry);
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
