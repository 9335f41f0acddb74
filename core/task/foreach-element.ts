import { type ArtifactReader, type Digest, type ObjectSink, parseObjectId, storeValue } from '#store';

/** Elements larger than this on average, in bytes, are told apart by the digest of their whole list: encoding them anew would cost too much. */
const SMALL_ELEMENT = 64 * 1024;

/** What a task that has touched one element of a list is said to have read. */
export interface ElementRead {
  /** `step/list#[3]`, or `step/list` for the list as a whole. */
  readonly name: string;
  readonly digest: Digest;
}

/**
 * How a read of an element is recorded. An element has a digest of its own where that is cheap: when another element of the list changes, a task that
 * read this one need not run again.
 */
export function elementRead(
  reader: ArtifactReader,
  { list, index, value }: { readonly list: string; readonly index: number; readonly value: () => unknown },
): ElementRead {
  const isSmall = reader.size <= SMALL_ELEMENT * Math.max(1, reader.length ?? 1);
  if (!isSmall) return { name: list, digest: reader.digest };
  return { name: `${list}#[${index}]`, digest: storeValue('element', value(), NOWHERE).digest };
}

/** An element's position in the name of its read, or undefined when the whole list was read. */
export function readElement(name: string): { readonly list: string; readonly index: number } | undefined {
  const [, list, index] = /^(.*)#\[(\d+)\]$/.exec(name) ?? [];
  return list === undefined ? undefined : { list, index: Number(index) };
}

const NO_ID = parseObjectId('0'.repeat(40));

/** Only the digest is wanted, which depends on no object's id. */
const NOWHERE: ObjectSink = { blob: () => NO_ID, tree: () => NO_ID, has: () => true };
