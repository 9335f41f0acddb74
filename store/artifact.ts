import { artifactFileName } from './codec/artifact-name.ts';
import { ArtifactReader } from './codec/artifact-read.ts';
import { holeLength } from './codec/decode-array.ts';
import { encodeSkeleton } from './codec/encode.ts';
import { encodeTree } from './codec/encode-tree.ts';
import { UnstorableError } from './codec/errors.ts';
import { encodeFile, isFile } from './codec/file-encode.ts';
import { PendingFilesError } from './codec/file-intake.ts';
import { canonicalText } from './codec/json-text.ts';
import { SMALL_TEXT } from './codec/limits.ts';
import { MemoryObjects } from './codec/memory-objects.ts';
import type { ObjectSink, ObjectSource } from './codec/objects.ts';
import { PartWriter } from './codec/part-write.ts';
import type { Node } from './codec/skeleton.ts';
import { isSmall, placeSkeleton } from './codec/skeleton-text.ts';
import { snapshotOf } from './codec/snapshot.ts';
import { summaryOf, summaryOfError } from './codec/summary.ts';
import { type Survey, surveyOf } from './codec/survey.ts';
import {
  type CodecName,
  digestOf,
  readValueFile,
  sumOfSizes,
  type ValueFile,
  valueFileBytes,
} from './codec/value-file.ts';
import type { TreeEntry } from './git/tree.ts';
import type { Digest } from './ids.ts';

export { ArtifactReader };

/** A value that was stored. */
export interface StoredValue {
  /** What to put into the tree of artifacts: the blob `<name>.json` or the tree `<name>`. */
  readonly entry: TreeEntry;
  /** Identity of the value: equal values have equal digests, whatever compressed or cut them. */
  readonly digest: Digest;
  /** Uncompressed bytes, each distinct part counted once. */
  readonly size: number;
}

/**
 * Stores a value under a name. The same value gives the same digest everywhere. Throws an {@link UnstorableError} that
 * names the path to what cannot be stored, or a {@link PendingFilesError} when it holds streams that have to be read first;
 * whatever the sink throws comes through.
 */
export function storeValue(name: string, given: unknown, sink: ObjectSink): StoredValue {
  const { value, survey } = settled(given);
  if (survey.kind === 'json' && survey.atLeast < SMALL_TEXT) {
    const bytes = Buffer.from(canonicalText(value));
    if (bytes.length < SMALL_TEXT) return storeSmall(name, bytes, sink);
  }
  return storeTree(name, value, { survey, sink });
}

/** A value in memory as if it had been stored. Throws an {@link UnstorableError}. */
export function readerOf(name: string, value: unknown): ArtifactReader {
  const objects = new MemoryObjects();
  return new ArtifactReader(objects, storeValue(name, value, objects).entry);
}

/** Whether two stored values are the same value, found out without loading either. */
export function sameValue(source: ObjectSource, a: TreeEntry, b: TreeEntry): boolean {
  if (a.id === b.id) return true;
  if (a.mode !== '40000' || b.mode !== '40000') return false; // The canonical form of one value is always of one kind.
  return digestOf(readValueFile(source, a)) === digestOf(readValueFile(source, b));
}

/**
 * A value that is the same whenever it is read, and what there is to know of it. One that may answer differently the next time
 * is read once: what is judged is what is stored.
 */
function settled(given: unknown): { readonly value: unknown; readonly survey: Survey } {
  const survey = surveyOf(given);
  if (!survey.isLive) return { value: given, survey };
  const value = snapshotOf(given);
  return { value, survey: surveyOf(value) };
}

function storeSmall(name: string, bytes: Buffer, sink: ObjectSink): StoredValue {
  const entry: TreeEntry = { mode: '100644', name: `${artifactFileName(name)}.json`, id: sink.blob(bytes) };
  return { entry, digest: digestOf(bytes), size: bytes.length };
}

function storeTree(
  name: string,
  value: unknown,
  { survey, sink }: { survey: Survey; sink: ObjectSink },
): StoredValue {
  const parts = new PartWriter(sink);
  const summary = summaryOf(value); // Before anything of the value is called, which may change it.
  const { codec, skeleton, type: better } = layOut(name, value, { survey, parts });
  if (parts.pending.length > 0) throw new PendingFilesError(name, parts.pending, value);
  const type = codec === 'file' ? `File[${parts.parts[0]?.size}]` : (better ?? summary);
  const file: ValueFile = { codec, type, skeleton, parts: parts.parts };
  const bytes = valueFileBytes(file);
  const entries: TreeEntry[] = [{ mode: '100644', name: 'value.json', id: sink.blob(bytes) }];
  const partsTree = parts.tree();
  if (partsTree !== undefined) entries.push({ mode: '40000', name: 'parts', id: partsTree });
  const entry: TreeEntry = { mode: '40000', name: artifactFileName(name), id: sink.tree(entries) };
  return { entry, digest: digestOf(bytes), size: bytes.length + sumOfSizes(file) };
}

function layOut(
  name: string,
  value: unknown,
  { survey, parts }: { survey: Survey; parts: PartWriter },
): { codec: CodecName; skeleton: Node; type?: string | undefined } {
  try {
    if (isFile(value)) {
      const fail = (reason: string): never => {
        throw new UnstorableError(name, name, reason);
      };
      return { codec: 'file', skeleton: encodeFile(value, { parts, fail }) };
    }
    if (survey.kind === 'json' && !survey.splits)
      return { codec: 'json', skeleton: placeSkeleton(value, parts, true) };
    const isTree = survey.kind !== 'other';
    const { node, shares } = isTree
      ? { node: encodeTree(value, parts, survey.numbers), shares: false }
      : encodeSkeleton(name, value, parts, survey.numbers);
    const type = summaryOfError(node);
    if (isSmall(node)) return { codec: 'structured', skeleton: node, type };
    return { codec: 'structured', skeleton: placeSkeleton(node, parts, !shares && !hasHoles(node)), type };
  } catch (error) {
    if (!(error instanceof RangeError) || parts.failed) throw error;
    throw new UnstorableError(name, name, `takes more text than JavaScript can hold (${error.message})`, {
      cause: error,
    });
  }
}

const hasHoles = (node: Node): boolean =>
  Array.isArray(node) && node.some((item) => holeLength(item) !== undefined);
