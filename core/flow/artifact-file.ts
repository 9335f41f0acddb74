import { basename, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import {
  ArtifactFile,
  BytesContent,
  type FileContent,
  isBlob,
  isFileName,
  PathContent,
  StreamContent,
} from '#store';

/** What a file can be made of: a path, bytes, or anything that gives bytes one after the other. */
export type FileSource =
  | string
  | URL
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | Readable
  | ReadableStream
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>;

/** What a file is called. */
export interface ArtifactFileOptions {
  /** Name without a folder. By default that of the path or `File`, else `file`. */
  readonly name?: string;
  /** Media type such as `image/png`. By default that of the Blob. */
  readonly mediaType?: string;
}

/**
 * A file to be stored as an artifact: `this.model = artifactFile('model.bin')`. Its bytes are read when the step ends, piece
 * by piece however many they are, and cut so that what is in the store already is not stored again. A stream can be stored
 * once. Throws a TypeError for anything else than a {@link FileSource} or for a name that is a path.
 */
export function artifactFile(source: FileSource, options: ArtifactFileOptions = {}): ArtifactFile {
  if (typeof source !== 'string' && (typeof source !== 'object' || source === null)) throw notAFile();
  const path = typeof source === 'string' ? source : isUrl(source) ? fileURLToPath(source.href) : undefined;
  const own: { name?: unknown; type?: unknown } = isBlob(source) ? source : {};
  const given = path === undefined ? own.name : basename(resolve(path));
  const name = options.name ?? (isFileName(given) ? given : 'file');
  if (!isFileName(name)) {
    throw new TypeError(
      `${JSON.stringify(name)} is no name for a file: give one without folders, at most 255 bytes long.`,
    );
  }
  const mediaType = options.mediaType ?? (own.type === '' ? undefined : (own.type as string | undefined));
  const content = path === undefined ? contentOf(source as object, name) : new PathContent(resolve(path));
  return new ArtifactFile({ name, mediaType }, content);
}

function contentOf(source: object, name: string): FileContent {
  if (ArrayBuffer.isView(source))
    return new BytesContent(ownBytes(new Uint8Array(source.buffer, source.byteOffset, source.byteLength)));
  if (types.isAnyArrayBuffer(source)) return new BytesContent(ownBytes(new Uint8Array(source)));
  if (isBlob(source)) return new StreamContent(name, () => source.stream());
  if (!isAsyncIterable(source) && !isIterable(source)) {
    throw notAFile();
  }
  keepCalm(source);
  let isTaken = false;
  return new StreamContent(
    name,
    () => {
      if (isTaken)
        throw new Error('was read before, and a stream can be read once: assign the artifact it became');
      isTaken = true;
      return isAsyncIterable(source) ? source : oneByOne(source);
    },
    source,
  );
}

/** Another thread may write to shared memory at any time: what is summed must be what is stored. */
const ownBytes = (bytes: Uint8Array): Uint8Array =>
  types.isSharedArrayBuffer(bytes.buffer) ? Uint8Array.from(bytes) : bytes;

/** A URL of Node or of a package that has its own, such as that of a test environment. */
const isUrl = (source: object): source is URL =>
  source instanceof URL || ('href' in source && 'protocol' in source && typeof source.href === 'string');

const notAFile = (): TypeError =>
  new TypeError('artifactFile takes the path of a file, a Blob, bytes, a stream or an iterable of bytes.');

const isAsyncIterable = (source: object): source is AsyncIterable<unknown> => Symbol.asyncIterator in source;
const isIterable = (source: object): source is Iterable<unknown> => Symbol.iterator in source;

async function* oneByOne(source: Iterable<unknown>): AsyncGenerator<unknown> {
  yield* source;
}

/** A stream of Node that fails before it is read must not end the process: whoever reads it is told. */
function keepCalm(source: object): void {
  const { on, pipe } = source as Partial<Readable>;
  if (typeof on === 'function' && typeof pipe === 'function') on.call(source, 'error', () => {});
}
