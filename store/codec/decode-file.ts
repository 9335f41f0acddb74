import { ArtifactFile, isFileName } from './file.ts';
import { StoredContent } from './file-stored.ts';
import type { Scholar, TagDecoder } from './scholar.ts';
import type { Node } from './skeleton.ts';

/** Files; their bytes stay in the store until they are asked for. */
export const fileTags: Record<string, TagDecoder> = {
  $File: (payload, scholar) => scholar.claim(decodeFile(payload, scholar)),
};

/** The file that a skeleton of codec `file`, or what follows the tag `$File`, stands for. */
export function decodeFile(node: Node, scholar: Pick<Scholar, 'parts' | 'corrupt'>): ArtifactFile {
  if (typeof node !== 'object' || node === null || Array.isArray(node))
    return scholar.corrupt('holds no file');
  const { parts } = scholar;
  const { name, mediaType, size, part } = node;
  // A name from elsewhere must not lead out of the folder its copy goes to.
  if (!isFileName(name)) return scholar.corrupt('has a file without a sound name');
  if (mediaType !== undefined && typeof mediaType !== 'string')
    return scholar.corrupt('has a file of a broken type');
  if (typeof part !== 'number' || parts.info(part, 'bytes').size !== size)
    return scholar.corrupt('has a file of another size than its part');
  return new ArtifactFile({ name, mediaType }, new StoredContent(parts, part));
}
