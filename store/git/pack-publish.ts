import { createHash, type Hash } from 'node:crypto';
import { readSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { linkFile, syncFolder, TemporaryFile } from '../atomic-file.ts';
import { processWord, thisProcess } from '../process-mark.ts';
import { encodeIndex, type IndexRow } from './pack-index.ts';

/** A pack that is visible to every reader. */
export interface WrittenPack {
  /** `pack-<40 hex digits>`, without a suffix. */
  readonly name: string;
  /** Path of the `.pack` file. */
  readonly path: string;
  readonly objects: number;
  /** Size of the `.pack` file. */
  readonly bytes: number;
}

/** How a pack is written. */
export interface PackWriteOptions {
  /** Text of a `.keep` file, which is there before the pack is: no native git may then drop the pack. */
  readonly keep?: string;
  /**
   * Whether the pack must survive a power cut once this returns. With `contents` only its name may be lost, until the folder is
   * synced: a pack of that name is whole at any rate.
   */
  readonly sync: boolean | 'contents';
}

/** Bytes before the first entry of a pack. */
export const PACK_HEADER = 12;
/** Bytes after the last one: the checksum. */
export const PACK_TRAILER = 20;

/** What a pack of so many objects begins with. */
export function packHeader(count: number): Buffer {
  const header = Buffer.alloc(PACK_HEADER);
  header.write('PACK');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(count, 8);
  return header;
}

/** A complete pack in a temporary file, and what its index needs. */
export interface FinishedPack {
  readonly file: TemporaryFile;
  readonly rows: readonly IndexRow[];
  readonly checksum: Buffer;
  /** Size of the file. */
  readonly bytes: number;
}

/** Makes a pack and its index visible in `folder`, where its file is; what they hold is synced before, unless told otherwise. */
export function publishPack(folder: string, pack: FinishedPack, options: PackWriteOptions): WrittenPack {
  const { file, rows, checksum, bytes } = pack;
  const name = `pack-${nameHash(checksum, options.keep)}`;
  publish(join(folder, name), { file, index: encodeIndex(rows, checksum), options });
  if (options.sync === true) syncFolder(folder);
  return { name, path: join(folder, `${name}.pack`), objects: rows.length, bytes };
}

/**
 * A kept pack has a name that no other writer uses: another one of equal content, a twin, would share its .keep, and whoever is
 * done first would remove it.
 */
function nameHash(checksum: Buffer, keep: string | undefined): string {
  if (keep === undefined) return checksum.toString('hex');
  const hash = createHash('sha1').update(checksum).update(keep).update(processWord(thisProcess()));
  return hash.digest('hex');
}

interface Publication {
  readonly file: TemporaryFile;
  readonly index: Buffer;
  readonly options: PackWriteOptions;
}

// Order matters: the keep file before the pack, and the index last, because readers look for packs by their indexes.
function publish(base: string, { file, index, options }: Publication): void {
  const { keep } = options;
  const sync = options.sync !== false;
  const indexFile = TemporaryFile.in(dirname(base), 0o444);
  try {
    indexFile.write(index);
    indexFile.finish(sync);
    if (keep !== undefined) placeKeep(`${base}.keep`, keep, sync);
    file.publish(`${base}.pack`, sync);
    indexFile.publish(`${base}.idx`, sync);
  } finally {
    indexFile.discard();
  }
}

/** Another name for a pack. */
export interface PackName {
  /** `pack-<40 hex digits>`; nobody may have used it before. */
  readonly to: string;
  /** Text of its .keep file, which is there before the pack is. */
  readonly keep: string;
}

/**
 * Gives a pack a second name, with a .keep of its own. A native git that is at work and has decided to delete the pack does not
 * know that name. False when the pack is gone, or where files have one name only.
 */
export function linkPack(folder: string, name: string, { to, keep }: PackName): boolean {
  const path = (pack: string, suffix: string): string => join(folder, `${pack}.${suffix}`);
  placeKeep(path(to, 'keep'), keep, true);
  try {
    for (const suffix of ['pack', 'idx']) linkFile(path(name, suffix), path(to, suffix));
    return true;
  } catch {
    for (const suffix of ['pack', 'keep']) rmSync(path(to, suffix), { force: true });
    return false;
  }
}

/** The latest .keep file that this process wrote. */
let latest: { readonly path: string; readonly text: string } | undefined;

/**
 * After a power cut a .keep must say whose it is, or nobody would dare to remove it. Those of one run are one file of many names,
 * so that it is synced once.
 */
function placeKeep(path: string, text: string, sync: boolean): void {
  if (sync && latest?.text === text && dirname(latest.path) === dirname(path) && isLinked(latest.path, path))
    return;
  const file = TemporaryFile.in(dirname(path));
  try {
    file.write(Buffer.from(text));
    file.publish(path, sync);
  } finally {
    file.discard();
  }
  if (sync) latest = { path, text };
}

function isLinked(path: string, to: string): boolean {
  try {
    return linkFile(path, to);
  } catch {
    // It is gone with its pack, or has as many names as a file may have, or files have one name only here.
    return false;
  }
}

/** Adds the first `size` bytes of a file that is being written to a hash. */
export function hashWritten(file: TemporaryFile, size: number, hash: Hash = createHash('sha1')): Hash {
  const piece = Buffer.allocUnsafe(Math.min(size, 1 << 20));
  for (let at = 0; at < size; ) {
    const read = readSync(file.fd, piece, 0, Math.min(piece.length, size - at), at);
    if (read === 0) throw new Error(`"${file.path}" was shortened by another process while it was written.`);
    hash.update(piece.subarray(0, read));
    at += read;
  }
  return hash;
}
