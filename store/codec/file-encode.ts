import { isBlob } from './blob.ts';
import { type ArtifactFile, contentOf, type FileContent, type FileLabel, isFileName } from './file.ts';
import { takenPart } from './file-intake.ts';
import { FileSourceError } from './file-source.ts';
import { writePieces } from './file-write.ts';
import type { WrittenPart } from './part.ts';
import type { Scribe } from './scribe.ts';
import type { Node } from './skeleton.ts';

/** Whether a value is stored as a file: an ArtifactFile, a Blob or a File. */
export function isFile(value: unknown): value is ArtifactFile | Blob {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return contentOf(value) !== undefined || isBlob(value);
  } catch {
    return false; // A proxy: whoever encodes it meets the same error.
  }
}

/**
 * What a skeleton says of a file; its bytes are a part. One that is in the store already costs nothing. Bytes that have to
 * be waited for are noted as pending, and the skeleton is of no use until they are there.
 */
export function encodeFile(file: ArtifactFile | Blob, scribe: FileScribe): { [key: string]: Node } {
  const { name, mediaType } = labelOf(file);
  const label = { name, ...(mediaType === undefined ? {} : { mediaType }) };
  const content = contentOf(file);
  const written =
    content === undefined || content.stream !== undefined
      ? takenPart(content ?? file, scribe.parts.sink)
      : writtenPart(content, scribe);
  if (written !== undefined) return { ...label, size: written.info.size, part: scribe.parts.adopt(written) };
  scribe.parts.pending.push(file);
  return label;
}

/** What encoding a file needs of a {@link Scribe}. */
export type FileScribe = Pick<Scribe, 'parts' | 'fail'>;

/** A name for a file: that of a File, or the one given to `artifactFile`. */
function labelOf(file: ArtifactFile | Blob): FileLabel {
  if (!isBlob(file)) return file;
  const name: unknown = Reflect.get(file, 'name');
  return { name: isFileName(name) ? name : 'file', mediaType: file.type === '' ? undefined : file.type };
}

function writtenPart(content: FileContent, scribe: FileScribe): WrittenPart {
  const { parts } = scribe;
  // What another store holds has to be copied.
  if (content.written !== undefined && parts.sink.has?.(content.written.id)) return content.written;
  try {
    return writePieces(parts.sink, content.whole());
  } catch (error) {
    if (error instanceof FileSourceError)
      return scribe.fail(`is the file "${error.file}", which ${error.problem}`);
    parts.failed = true;
    throw error;
  }
}
