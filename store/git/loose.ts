import { dirname, join } from 'node:path';
import { constants, deflateSync, inflateSync } from 'node:zlib';
import { syncFolder, TemporaryFile } from '../atomic-file.ts';
import type { ObjectId } from '../ids.ts';
import { checkSize, TooLargeError } from '../limits.ts';
import {
  checkWay,
  entryAt,
  isAbsent,
  makeFolderIn,
  namesIn,
  readPlain,
  StoreEntryError,
} from '../plain-files.ts';
import type { Finding } from './finding.ts';
import { isObjectType, type ObjectType, objectIdOf } from './object.ts';
import { inflate } from './zlib-stream.ts';

/** Where git keeps an object in a file of its own; the only place that knows. */
function loosePath(objects: string, id: ObjectId): string {
  return join(objects, id.slice(0, 2), id.slice(2));
}

/** Whether the object has a file of its own, whatever is in it. */
export function hasLoose(objects: string, id: ObjectId): boolean {
  return entryAt(loosePath(objects, id))?.isFile() === true;
}

/** Bytes of the object's own file; undefined when there is none. */
export function looseBytes(objects: string, id: ObjectId): number | undefined {
  const stat = entryAt(loosePath(objects, id));
  return stat?.isFile() ? stat.size : undefined;
}

/** The object from its own file; undefined when there is none. */
export function readLoose(objects: string, id: ObjectId, verify: boolean): Finding | undefined {
  const path = loosePath(objects, id);
  let file: Buffer;
  try {
    file = readPlain(path, 'object');
    checkWay(objects, `${id.slice(0, 2)}/`);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (error instanceof StoreEntryError)
      return { damage: `"${error.path}" is ${error.found}`, cause: error };
    if (error instanceof TooLargeError) return { damage: error.message, cause: error };
    throw error;
  }
  const parsed = parseLoose(file, path);
  if ('damage' in parsed) return { damage: `"${path}": ${parsed.damage}`, cause: parsed.cause };
  const { type, body } = parsed.object;
  if (verify && objectIdOf(type, body) !== id) return { damage: `"${path}" has another content` };
  return parsed;
}

/**
 * Writes an object into a file of its own, over whatever is there: a file torn by a crash of another program heals.
 * Survives a power cut once this returns.
 */
export function writeLoose(objects: string, type: ObjectType, body: Uint8Array): ObjectId {
  const id = objectIdOf(type, body);
  const path = loosePath(objects, id);
  makeFolderIn(objects, id.slice(0, 2));
  // Not beside the final name: git fsck complains about any other file it meets there.
  const file = TemporaryFile.in(objects, 0o444);
  try {
    file.write(deflateSync(Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]), { level: 1 }));
    file.publish(path, true);
  } finally {
    file.discard();
  }
  syncFolder(dirname(path));
  return id;
}

/** Ids of objects in files of their own that begin with a hex prefix. */
export function* looseIds(objects: string, prefix: string): Iterable<ObjectId> {
  const folders = prefix.length < 2 ? namesIn(objects) : [prefix.slice(0, 2)];
  for (const folder of folders) {
    if (!/^[0-9a-f]{2}$/.test(folder) || !folder.startsWith(prefix.slice(0, 2))) continue;
    // Behind a symbolic link lie the objects of another repository.
    if (!entryAt(join(objects, folder))?.isDirectory()) continue;
    for (const name of namesIn(join(objects, folder))) {
      if (/^[0-9a-f]{38}$/.test(name) && (folder + name).startsWith(prefix))
        yield (folder + name) as ObjectId;
    }
  }
}

/** So many bytes hold the longest table of Huffman codes (RFC 1951 §3.2.7, less than 600) and the header behind it. */
const HEAD = 768;
/** Deflate shrinks nothing more than this. */
const MAX_RATIO = 1040;

// "<type> <size>\0<body>" as one zlib stream. Its beginning says how much the whole may inflate to.
function parseLoose(file: Buffer, path: string): Finding {
  let head: Buffer;
  try {
    head = inflateSync(file.subarray(0, HEAD), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: HEAD * MAX_RATIO,
    });
  } catch (cause) {
    return { damage: 'its zlib stream is damaged', cause };
  }
  const header = /^([a-z]+) (0|[1-9]\d{0,14})\0/.exec(head.toString('latin1', 0, 64));
  const [whole = '', type = '', size = ''] = header ?? [];
  if (!isObjectType(type)) return { damage: 'it does not begin with a type and a size' };
  const kind = type === 'tree' || type === 'commit' ? type : 'object';
  try {
    checkSize(kind, Number(size), () => `The object in "${path}"`);
  } catch (cause) {
    if (!(cause instanceof TooLargeError)) throw cause;
    return { damage: cause.message, cause };
  }
  const result = inflate(file, whole.length + Number(size));
  if (result.status === 'done') return { object: { type, body: result.body.subarray(whole.length) } };
  return { damage: result.status === 'short' ? 'its zlib stream ends early' : result.problem, cause: result };
}
