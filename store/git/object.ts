import { createHash, hash } from 'node:crypto';
import type { ObjectId } from '../ids.ts';

/** The four kinds of git object. */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** A git object as read: its kind and its uncompressed content, which belongs to the caller. */
export interface GitObject {
  readonly type: ObjectType;
  readonly body: Buffer;
}

/** Whether a word names one of the four kinds of git object. */
export function isObjectType(word: string): word is ObjectType {
  return word === 'blob' || word === 'tree' || word === 'commit' || word === 'tag';
}

/** The name git gives to an object: SHA-1 of `<type> <size>\0` followed by the body. */
export function objectIdOf(type: ObjectType, body: Uint8Array): ObjectId {
  const header = `${type} ${body.length}\0`;
  if (header.length + body.length > scratch.length) {
    return createHash('sha1').update(header).update(body).digest('hex') as ObjectId;
  }
  const start = scratch.write(header, 0, 'latin1');
  scratch.set(body, start);
  return hash('sha1', scratch.subarray(0, start + body.length), 'hex') as ObjectId;
}

// A one-shot hash over one buffer takes less than half the time of a hash object for a small body.
const scratch = Buffer.allocUnsafeSlow(8192);
