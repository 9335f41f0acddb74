import { hash } from 'node:crypto';
import type { TreeEntry } from '../git/tree.ts';
import type { Digest } from '../ids.ts';
import { checkRecordText } from '../limits.ts';
import { artifactNameOf } from './artifact-name.ts';
import { ArtifactCorruptError, UnreadableError } from './errors.ts';
import { canonicalText } from './json-text.ts';
import type { ObjectSource } from './objects.ts';
import { PART_KINDS, type PartInfo } from './part.ts';
import type { Node } from './skeleton.ts';

/** How a value is laid out: `json` has no tags, `structured` has, `file` is a file as a whole. */
export type CodecName = 'json' | 'structured' | 'file';

/** What value.json says. */
export interface ValueFile {
  readonly codec: CodecName;
  /** A summary for people. */
  readonly type: string;
  /** The skeleton, or where its text is: `{"$text": part}` or `{"$rows": [part, part of lengths]}`. */
  readonly skeleton: Node;
  readonly parts: readonly PartInfo[];
}

/** Version of the format; a reader refuses a higher one. */
const FORMAT = 1;

/** The bytes of value.json. Their SHA-256 is the artifact's digest, so the order of keys is fixed. */
export function valueFileBytes({ codec, type, skeleton, parts }: ValueFile): Buffer {
  const listed = parts.map(({ kind, size, digest }) => ({ kind, size, digest }));
  return Buffer.from(canonicalText({ format: FORMAT, codec, type, skeleton, parts: listed }));
}

/** Reads value.json strictly. Throws an {@link ArtifactCorruptError}, or an {@link UnreadableError} for a newer format. */
export function parseValueFile(artifact: string, bytes: Uint8Array): ValueFile {
  const fail = (problem: string, options?: ErrorOptions): never => {
    throw new ArtifactCorruptError(artifact, 'value.json', problem, options);
  };
  checkRecordText(bytes, () => `The value.json of artifact "${artifact}"`);
  const file = parseObject(bytes, fail);
  const { format, codec, type, skeleton, parts } = file;
  if (typeof format !== 'number') return fail('has no format version');
  if (format > FORMAT)
    throw new UnreadableError(artifact, `store format ${format}`, 'Use a newer version of Oxbow.');
  if (codec !== 'json' && codec !== 'structured' && codec !== 'file') {
    throw new UnreadableError(
      artifact,
      `the codec ${JSON.stringify(codec)}`,
      'Use a newer version of Oxbow.',
    );
  }
  if (typeof type !== 'string' || skeleton === undefined || !Array.isArray(parts))
    return fail('lacks type, skeleton or parts');
  const listed = parts.map((part, i) => parsePart(part) ?? fail(`lists a broken part ${i}`));
  return { codec, type, skeleton, parts: listed };
}

/** The bytes of the value.json in an artifact's tree. Throws an {@link ArtifactCorruptError} when it has none. */
export function readValueFile(source: ObjectSource, entry: TreeEntry): Uint8Array {
  const file = source.tree(entry.id).find(({ name, mode }) => name === 'value.json' && mode === '100644');
  if (file === undefined) throw new ArtifactCorruptError(artifactNameOf(entry), 'value.json', 'is missing');
  return source.blob(file.id);
}

/** The digest of an artifact whose main file (value.json, or the small JSON itself) has these bytes. */
export const digestOf = (bytes: Uint8Array): Digest => hash('sha256', bytes) as Digest;

/** Uncompressed bytes of all parts. */
export const sumOfSizes = ({ parts }: ValueFile): number => parts.reduce((sum, { size }) => sum + size, 0);

type Fail = (problem: string, options?: ErrorOptions) => never;

function parseObject(bytes: Uint8Array, fail: Fail): Partial<Record<string, Node>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, Node>;
  } catch (cause) {
    return fail('is not JSON', { cause });
  }
  return fail('is not an object');
}

function parsePart(part: Node): PartInfo | undefined {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return undefined;
  const { size, digest } = part;
  const kind = PART_KINDS.find((known) => known === part.kind);
  if (kind === undefined || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    return undefined;
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) return undefined;
  return { kind, size, digest: digest as Digest };
}
