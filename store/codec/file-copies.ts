import { type BigIntStats, linkSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TemporaryFile } from '../atomic-file.ts';
import type { Digest } from '../ids.ts';

/** A file to be copied out of the store. */
export interface CopyOrder {
  readonly name: string;
  /** SHA-256 of the bytes. */
  readonly digest: Digest;
  /** The bytes, verified: throws when they are not those of the digest. */
  pieces(): Iterable<Uint8Array>;
}

/**
 * Path of a read-only copy of a file in a temporary folder of this process. It appears complete and verified or not at
 * all; one that nobody has changed since is used again, also under another name.
 */
export function copyOf({ name, digest, pieces }: CopyOrder): string {
  const path = join(folderFor(digest), safe(name));
  const known = copies.get(path);
  if (known !== undefined && isAsItWas(known)) {
    known.asked = performance.now();
    return path;
  }
  rmSync(path, { force: true });
  const twin = [...copies.values()].find(
    (copy) => copy.digest === digest && copy.path !== path && isAsItWas(copy),
  );
  if (twin === undefined || !linked(twin.path, path)) write(path, pieces());
  copies.set(path, { path, digest, stat: statSync(path, { bigint: true }), asked: performance.now() });
  return path;
}

/**
 * Removes the copies that nobody has asked for since a time, in milliseconds of the process. With the time at which the oldest of the tasks
 * that run began, those of tasks before stay for the next one, which often wants the same, and go when that one ends unless it did.
 */
export function dropCopiesUnusedSince(time: number): void {
  for (const copy of copies.values()) if (copy.asked < time) remove(copy);
}

interface Copy {
  readonly path: string;
  readonly digest: Digest;
  /** As it was when it was complete. */
  readonly stat: BigIntStats;
  /** When somebody asked for it last, in milliseconds of the process. */
  asked: number;
}

let folder: string | undefined;
const copies = new Map<string, Copy>();

function folderFor(digest: Digest): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'oxbow-files-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  const own = join(folder, digest);
  mkdirSync(own, { recursive: true });
  return own;
}

// A name of the store may be one that this system does not take.
const safe = (name: string): string => name.replace(/[\p{Cc}<>:"/\\|?*]/gu, '_').replace(/[. ]$/, '_');

function isAsItWas({ path, stat }: Copy): boolean {
  const now = statSync(path, { bigint: true, throwIfNoEntry: false });
  return now?.size === stat.size && now.mtimeNs === stat.mtimeNs && now.ino === stat.ino;
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false; // A file system without links: the bytes are written once more.
  }
}

function write(path: string, pieces: Iterable<Uint8Array>): void {
  const file = TemporaryFile.in(join(path, '..'), 0o444);
  try {
    for (const piece of pieces) file.write(piece);
    file.publish(path, false);
  } catch (error) {
    file.discard();
    throw error;
  }
}

function remove(copy: Copy): void {
  copies.delete(copy.path);
  rmSync(join(copy.path, '..'), { recursive: true, force: true });
}
