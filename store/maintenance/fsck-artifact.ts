import { createHash } from 'node:crypto';
import { artifactNameOf } from '../codec/artifact-name.ts';
import { PartReader } from '../codec/part-read.ts';
import { parseValueFile } from '../codec/value-file.ts';
import { OxbowError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';

/** Bytes of a part hashed at a time, so that a part of any size is checked in bounded memory. */
const STRETCH = 16 << 20;

/** What is wrong with an artifact: its JSON, the list of its parts, the digest of a part. Undefined when all is well. */
export function verifyArtifact(repository: Repository, entry: TreeEntry): string | undefined {
  try {
    if (entry.mode === '40000') verifyTree(repository, entry);
    else JSON.parse(repository.blob(entry.id).toString());
    return undefined;
  } catch (error) {
    if (error instanceof OxbowError || error instanceof SyntaxError) return error.message;
    throw error;
  }
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
