import { createHash } from 'node:crypto';
import { ArtifactReader } from '../artifact.ts';
import { artifactNameOf } from '../codec/artifact-name.ts';
import { UnreadableError } from '../codec/errors.ts';
import { PartReader } from '../codec/part-read.ts';
import { parseValueFile } from '../codec/value-file.ts';
import { ZstdUnavailableError } from '../compress.ts';
import { OxbowError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { checkRecordText } from '../limits.ts';

/** Bytes of a part hashed at a time, so that a part of any size is checked in bounded memory. */
const STRETCH = 16 << 20;
/** A value of more bytes is decoded piece by piece, where it has elements; else only its bytes are checked. */
const AT_ONCE = 256 << 20;

/** What is wrong with an artifact. */
export interface ArtifactProblem {
  readonly problem: string;
  /** Whether it is damage, or something that this process lacks. */
  readonly kind: 'hits' | 'undecoded';
}

/**
 * Checks an artifact: its JSON, the list of its parts, the digest of each part; with `values`, also that it decodes. No code from the store is
 * executed: an instance of a class becomes plain data. Undefined when all is well.
 */
export function checkArtifact(
  repository: Repository,
  entry: TreeEntry,
  values: boolean,
): ArtifactProblem | undefined {
  try {
    if (entry.mode === '40000') verifyTree(repository, entry);
    else verifyText(repository.blob(entry.id), entry);
  } catch (error) {
    if (error instanceof ZstdUnavailableError) return { kind: 'undecoded', problem: error.message };
    if (error instanceof OxbowError || error instanceof SyntaxError)
      return { kind: 'hits', problem: error.message };
    throw error;
  }
  return values ? decodingProblem(repository, entry) : undefined;
}

function decodingProblem(repository: Repository, entry: TreeEntry): ArtifactProblem | undefined {
  try {
    const reader = new ArtifactReader(repository, entry);
    if (reader.size <= AT_ONCE || reader.isFile) reader.load({ plainClasses: true });
    else if (!decodePieces(reader))
      return {
        kind: 'undecoded',
        problem: `has ${reader.size} bytes and was not decoded, for it cannot be done in pieces; its bytes are right`,
      };
    return undefined;
  } catch (error) {
    if (error instanceof UnreadableError) return { kind: 'undecoded', problem: error.message };
    // Whatever a decoder throws over what is stored, the value cannot be read.
    const { message } = error instanceof Error ? error : { message: String(error) };
    return { kind: 'hits', problem: `cannot be decoded: ${message}` };
  }
}

/** False for a value without elements. */
function decodePieces(reader: ArtifactReader): boolean {
  const { length } = reader;
  if (length === undefined) return false;
  const step = Math.max(1, Math.floor(length / Math.ceil(reader.size / STRETCH)));
  for (let start = 0; start < length; start += step) reader.slice(start, Math.min(length, start + step));
  return true;
}

function verifyText(bytes: Buffer, entry: TreeEntry): void {
  checkRecordText(bytes, () => `Artifact "${artifactNameOf(entry)}"`);
  JSON.parse(bytes.toString());
}

function verifyTree(repository: Repository, entry: TreeEntry): void {
  const name = artifactNameOf(entry);
  const entries = repository.tree(entry.id);
  const find = (wanted: string, mode: TreeEntry['mode']): TreeEntry | undefined =>
    entries.find((each) => each.name === wanted && each.mode === mode);
  const file = find('value.json', '100644');
  if (file === undefined) throw new SyntaxError('value.json is missing');
  const { parts } = parseValueFile(name, repository.blob(file.id));
  const reader = new PartReader(name, repository, parts, find('parts', '40000')?.id);
  for (const [index, { size, digest }] of parts.entries()) {
    const hash = createHash('sha256');
    for (let start = 0; start < size || start === 0; start += STRETCH) {
      hash.update(reader.range(index, start, Math.min(size, start + STRETCH)));
    }
    const found = hash.digest('hex');
    if (found !== digest)
      throw reader.corrupt(`parts/${index}`, `has the SHA-256 ${found} instead of ${digest}`);
  }
}
