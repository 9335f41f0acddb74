import { closeSync, fstatSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { entryAt, isAbsent, openPlain, StoreEntryError } from '../plain-files.ts';

/** Bytes of a file read at a time. */
const PIECE = 1 << 16;
/** Bytes of a line that are kept: an object id, a mode, a name; the rest of a longer line is passed over. */
const MAX_LINE = 4096;
/** A file beyond this many bytes is not read into memory as a whole. */
const MAX_WHOLE = 1 << 30;

/** A file of native git that is something else than a file, or larger than any that git writes. */
export class UnfitFileError extends Error {}

/** The bytes of a file; undefined when there is none. Throws an {@link UnfitFileError} for a folder, a device or a giant. */
export function readPlainFile(path: string): Buffer | undefined {
  return withFile(path, (fd) => {
    const { size } = fstatSync(fd);
    if (size > MAX_WHOLE)
      throw new UnfitFileError(`has ${size} bytes, more than the ${MAX_WHOLE} that are read`);
    return readFileSync(fd);
  });
}

/**
 * Calls `look` with each line of a file, without its line feed and cut to {@link MAX_LINE} bytes, in bounded memory. A file that is not
 * there has no lines. Throws like {@link readPlainFile}.
 */
export function eachLine(path: string, look: (line: string) => void): void {
  withFile(path, (fd) => {
    const piece = Buffer.allocUnsafe(PIECE);
    let line = '';
    const add = (from: number, to: number): void => {
      if (line.length < MAX_LINE) line += piece.toString('latin1', from, Math.min(to, from + MAX_LINE));
    };
    for (let read = readSync(fd, piece); read > 0; read = readSync(fd, piece)) {
      let start = 0;
      for (let end = piece.indexOf(0x0a); end >= 0 && end < read; end = piece.indexOf(0x0a, start)) {
        add(start, end);
        look(line);
        line = '';
        start = end + 1;
      }
      add(start, read);
    }
    if (line !== '') look(line);
  });
}

/**
 * Paths of all files below a folder, relative to it, in order; symbolic links are files here and not followed. Throws an
 * {@link UnfitFileError} when the folder is one.
 */
export function filesBelow(folder: string): string[] {
  const found: string[] = [];
  const waiting = [''];
  for (let prefix = waiting.pop(); prefix !== undefined; prefix = waiting.pop()) {
    for (const entry of list(join(folder, prefix))) {
      if (entry.isDirectory()) waiting.push(`${prefix}${entry.name}/`);
      else found.push(prefix + entry.name);
    }
  }
  return found.sort();
}

/** Names of the folders directly in a folder. */
export function foldersIn(folder: string): string[] {
  return list(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** Names of the files directly in a folder, symbolic links included. */
export function filesIn(folder: string): string[] {
  return list(folder)
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);
}

function list(folder: string) {
  // What is behind a link lies elsewhere.
  if (entryAt(folder)?.isSymbolicLink()) throw new UnfitFileError('is a symbolic link, not a folder');
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

function withFile<T>(path: string, read: (fd: number) => T): T | undefined {
  let fd: number;
  try {
    fd = openPlain(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (error instanceof StoreEntryError) throw new UnfitFileError(`is ${error.found}, not a regular file`);
    throw error;
  }
  try {
    return read(fd);
  } finally {
    closeSync(fd);
  }
}
