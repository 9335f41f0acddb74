import { accessSync, constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { OxbowError } from './errors.ts';

/** The folder of a store, in the folder of a project. */
export const FOLDER = '.flow';

/** A folder was named as a store, or has the name of one, and is something else. Oxbow writes nothing into it. */
export class NotAStoreError extends OxbowError {
  override readonly code = 'NotAStoreError';
  readonly path: string;
  /** What it is: `it has other files in it`. */
  readonly reason: string;

  /** `remedy` is a sentence that takes the place of a better guess at what was meant. */
  constructor(path: string, reason: string, remedy?: string) {
    super(`"${path}" is not an Oxbow store: ${reason}. ${remedy ?? hintFor(path)}`);
    this.path = path;
    this.reason = reason;
  }
}

function hintFor(path: string): string {
  if (basename(path) === FOLDER) return 'Move it away, or name another folder with --store or FLOW_STORE.';
  const project = basename(path) === '.git' ? dirname(path) : path;
  return `Did you mean "${join(project, FOLDER)}"?`;
}

/** A store is there, or may be, and this process may not read it, or may not write to it. */
export class StoreAccessError extends OxbowError {
  override readonly code = 'StoreAccessError';
  readonly path: string;

  constructor(path: string, cause: NodeJS.ErrnoException, access: 'read' | 'write' = 'read') {
    const isForbidden = cause.code === 'EACCES' || cause.code === 'EPERM';
    const what = isForbidden ? 'permission denied' : (REASONS[cause.code ?? ''] ?? cause.message);
    const remedy = isForbidden
      ? `Ask its owner for the right to ${access} it, or name another store with --store or FLOW_STORE.`
      : 'Mend it, or name another store with --store or FLOW_STORE.';
    const done = access === 'read' ? 'read' : 'written';
    super(`${what}: the store "${path}" cannot be ${done} (${cause.message}). ${remedy}`, { cause });
    this.path = path;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ELOOP: 'a symbolic link leads back to itself',
  EIO: 'the disk cannot be read',
  EROFS: 'the file system is read-only',
};

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;

/** Does something with a store; the file system's own errors become a {@link StoreAccessError}. */
export function toldAsAccess<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isSystemError(error)) throw new StoreAccessError(path, error);
    throw error;
  }
}

/** Throws a {@link StoreAccessError} when the system does not let this process write to a store: nothing of what follows could be done. */
export function requireWritable(path: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    if (isSystemError(error)) throw new StoreAccessError(path, error, 'write');
    throw error;
  }
}
