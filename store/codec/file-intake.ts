import { isAnyArrayBuffer } from 'node:util/types';
import { OxbowError } from '../errors.ts';
import { isBlob } from './blob.ts';
import { UnstorableError } from './errors.ts';
import { contentOf } from './file.ts';
import { StreamedPart } from './file-write.ts';
import type { ObjectSink } from './objects.ts';
import type { WrittenPart } from './part.ts';

/**
 * A value holds files whose bytes have to be waited for: Blobs, or artifactFiles of streams. Saving is synchronous, so
 * whoever saves waits for them with a {@link FileIntake} and saves again.
 */
export class PendingFilesError extends OxbowError {
  override readonly code = 'PendingFilesError';
  readonly artifact: string;
  readonly files: readonly object[];
  /** What is to be saved then: the value as it was read, which may answer differently when it is read again. */
  readonly value: unknown;

  constructor(artifact: string, files: readonly object[], value: unknown) {
    super(
      `artifact "${artifact}" cannot be stored: it holds a Blob or a stream, whose bytes only a step can wait for. ` +
        'Give the bytes, or the path of a file.',
    );
    this.artifact = artifact;
    this.files = files;
    // A listing of the error is no place for it.
    Object.defineProperty(this, 'value', { value, enumerable: false });
  }
}

/** Stores the bytes of streams ahead of the values that hold them, so that these can then be stored without waiting. */
export class FileIntake {
  readonly #sink: ObjectSink;
  readonly #sources: object[] = [];

  constructor(sink: ObjectSink) {
    this.#sink = sink;
  }

  /** Reads what an artifact waits for, with memory for a few chunks. Rejects with an {@link UnstorableError}. */
  async take({ artifact, files }: PendingFilesError): Promise<void> {
    for (const file of files) {
      const source = contentOf(file) ?? file;
      if (takenPart(source, this.#sink) !== undefined) continue;
      const part = await this.#store(file, artifact);
      taken.set(source, { sink: this.#sink, part });
      this.#sources.push(source);
    }
  }

  /** Forgets what was taken: the objects are the sink's no longer once its owner has handed them on. */
  end(): void {
    for (const source of this.#sources) taken.delete(source);
  }

  async #store(file: object, artifact: string): Promise<WrittenPart> {
    const part = new StreamedPart(this.#sink, { threads: true });
    const fail = (problem: string, cause?: unknown): never => {
      throw new UnstorableError(artifact, artifact, `holds a file whose stream ${problem}`, { cause });
    };
    const stream = attempt(() => streamOf(file), fail);
    const encoding: unknown = Reflect.get(stream, 'readableEncoding');
    const iterator = stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { value, done } = await iterator.next().catch((error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          return fail(`failed after ${part.size} bytes: ${message}`, error);
        });
        if (done === true) return part.finish();
        part.push(bytesOf(value, encoding) ?? fail(`gave ${kindOf(value)} instead of bytes`));
      }
    } finally {
      part.close();
      void iterator.return?.().catch(() => {}); // After a failure the source may stop; nobody waits for it.
    }
  }
}

/** Ends the streams that nobody is going to read: they may hold open files. */
export function abandonFiles({ files }: PendingFilesError): void {
  for (const file of files) {
    const { source } = contentOf(file) ?? {};
    if (source === undefined) continue;
    const { destroy, cancel } = source as { destroy?: unknown; cancel?: unknown };
    if (typeof destroy === 'function') destroy.call(source);
    else if (typeof cancel === 'function') void Promise.resolve(cancel.call(source)).catch(() => {});
  }
}

/** The part that the bytes of a stream were stored as, for values that go to the same sink. */
export function takenPart(source: object, sink: ObjectSink): WrittenPart | undefined {
  const known = taken.get(source);
  return known?.sink === sink ? known.part : undefined;
}

const taken = new WeakMap<object, { readonly sink: ObjectSink; readonly part: WrittenPart }>();

function streamOf(file: object): AsyncIterable<unknown> {
  if (isBlob(file)) return file.stream();
  const { stream } = contentOf(file) ?? {};
  if (stream === undefined) throw new TypeError('is no file');
  return stream();
}

function attempt<T>(make: () => T, fail: (problem: string, cause?: unknown) => never): T {
  try {
    return make();
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), error);
  }
}

// A stream of Node that decodes its bytes says how; other texts are UTF-8.
function bytesOf(value: unknown, encoding: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return Buffer.from(value, (encoding ?? 'utf8') as BufferEncoding);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

const kindOf = (value: unknown): string => (value === null ? 'null' : `a value of type ${typeof value}`);
