import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { artifactFileName, artifactNameOf } from './codec/artifact-name.ts';
import { Decoder, definitionsIn } from './codec/decode.ts';
import { holeLength } from './codec/decode-array.ts';
import { type Elements, elementsOf, elementsOfValue } from './codec/elements.ts';
import { encodeSkeleton } from './codec/encode.ts';
import { encodeTree } from './codec/encode-tree.ts';
import { ArtifactCorruptError, UnstorableError } from './codec/errors.ts';
import { canonicalText } from './codec/json-text.ts';
import { SMALL_TEXT } from './codec/limits.ts';
import type { ObjectSink, ObjectSource } from './codec/objects.ts';
import { PartReader } from './codec/part-read.ts';
import { PartWriter } from './codec/part-write.ts';
import type { Node } from './codec/skeleton.ts';
import { isSmall, placeSkeleton, SkeletonReader } from './codec/skeleton-text.ts';
import { summaryOf } from './codec/summary.ts';
import { type Survey, surveyOf } from './codec/survey.ts';
import { type CodecName, parseValueFile, type ValueFile, valueFileBytes } from './codec/value-file.ts';
import type { TreeEntry } from './git/tree.ts';
import type { Digest } from './ids.ts';

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
 * names the path to what cannot be stored; whatever the sink throws comes through.
 */
export function storeValue(name: string, value: unknown, sink: ObjectSink): StoredValue {
  const survey = surveyIfReadable(value);
  if (survey.kind === 'json' && survey.atLeast < SMALL_TEXT) {
    const bytes = Buffer.from(canonicalText(value));
    if (bytes.length < SMALL_TEXT) return storeSmall(name, bytes, sink);
  }
  return storeTree(name, value, { survey, sink });
}

/** Whether two stored values are the same value, found out without loading either. */
export function sameValue(source: ObjectSource, a: TreeEntry, b: TreeEntry): boolean {
  if (a.id === b.id) return true;
  if (a.mode !== '40000' || b.mode !== '40000') return false; // The canonical form of one value is always of one kind.
  return digestOf(valueFileOf(source, a)) === digestOf(valueFileOf(source, b));
}

/** Reads one artifact; nothing is read before it is asked for. */
export class ArtifactReader {
  readonly name: string;
  readonly #source: ObjectSource;
  readonly #entry: TreeEntry;
  readonly #expected: Digest | undefined;
  #bytes: Uint8Array | undefined;
  #opened: OpenTree | undefined;
  #elements: Elements | undefined;

  /** `expected` is the digest on record: an artifact with another one is refused as corrupt. */
  constructor(source: ObjectSource, entry: TreeEntry, expected?: Digest) {
    this.name = artifactNameOf(entry);
    this.#source = source;
    this.#entry = entry;
    this.#expected = expected;
  }

  /** Identity of the value. */
  get digest(): Digest {
    return digestOf(this.#main());
  }

  /** Uncompressed bytes, each distinct part counted once. */
  get size(): number {
    const own = this.#main().length;
    return this.#isTree ? own + sumOfSizes(this.#open().file) : own;
  }

  /** Bytes of the stored blobs, compressed as they are, before git compresses them once more. Reads them all. */
  get storedSize(): number {
    const own = this.#main().length;
    if (!this.#isTree) return own;
    const blobs = new Set(this.#open().parts.blobs());
    return [...blobs].reduce((sum, id) => sum + this.#source.blob(id).length, own);
  }

  /** A few words on the value: `object{3}`, `array[1000]`, `Float64Array[8]`, `Table 1000x4`. */
  get type(): string {
    return this.#isTree ? this.#open().file.type : summaryOf(this.load());
  }

  /**
   * The value, a new one at each call, every byte of it verified. With `plainClasses` an instance of a class this process
   * did not register becomes the plain data stored for it, for those who only look. Throws an {@link ArtifactCorruptError}, or an
   * `UnreadableError` when this process lacks a class or feature it needs.
   */
  load({ plainClasses = false }: { plainClasses?: boolean } = {}): unknown {
    if (!this.#isTree) return this.#parseSmall();
    const { file, parts, skeleton } = this.#open();
    const root = skeleton.read();
    return file.codec === 'json'
      ? root
      : new Decoder(this.name, parts, { definitions: () => definitionsIn(root), plainClasses }).decode(root);
  }

  /** How many elements a foreach over the value has, or undefined when it is nothing to iterate. */
  get length(): number | undefined {
    return this.#iterable().length;
  }

  /** One element, read with as little of the rest as its place allows. Throws a RangeError when there is none. */
  element(index: number): unknown {
    const { length, element } = this.#iterable();
    if (length === undefined || !Number.isInteger(index) || index < 0 || index >= length) {
      throw new RangeError(`Artifact "${this.name}" has no element ${index}: it is ${this.type}.`);
    }
    return element(index);
  }

  get #isTree(): boolean {
    return this.#entry.mode === '40000';
  }

  #main(): Uint8Array {
    if (this.#bytes !== undefined) return this.#bytes;
    const bytes = this.#isTree ? valueFileOf(this.#source, this.#entry) : this.#source.blob(this.#entry.id);
    if (this.#expected !== undefined && digestOf(bytes) !== this.#expected) {
      throw this.#corrupt(`has the digest ${digestOf(bytes)} instead of ${this.#expected}`);
    }
    this.#bytes = bytes;
    return bytes;
  }

  #parseSmall(): unknown {
    const bytes = this.#main();
    if (!isUtf8(bytes)) throw this.#corrupt('is not UTF-8');
    try {
      return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
    } catch (cause) {
      throw this.#corrupt('is not JSON', cause);
    }
  }

  #open(): OpenTree {
    if (this.#opened !== undefined) return this.#opened;
    const file = parseValueFile(this.name, this.#main());
    const tree = this.#source
      .tree(this.#entry.id)
      .find(({ name, mode }) => name === 'parts' && mode === '40000');
    const parts = new PartReader(this.name, this.#source, file.parts, tree?.id);
    this.#opened = { file, parts, skeleton: new SkeletonReader(this.name, parts, file.skeleton) };
    return this.#opened;
  }

  #iterable(): Elements {
    this.#elements ??= this.#findElements();
    return this.#elements;
  }

  #findElements(): Elements {
    if (!this.#isTree) return elementsOfValue(this.#parseSmall());
    const { file, parts, skeleton } = this.#open();
    let known: ReadonlyMap<number, Node> | undefined;
    const definitions = () => {
      known ??= definitionsIn(skeleton.whole);
      return known;
    };
    const decode = (node: Node) => new Decoder(this.name, parts, { definitions }).decode(node);
    return elementsOf(skeleton, parts, file.codec === 'json' ? structuredClone : decode);
  }

  #corrupt(problem: string, cause?: unknown): ArtifactCorruptError {
    const where = this.#isTree ? 'value.json' : this.#entry.name;
    return new ArtifactCorruptError(this.name, where, problem, cause === undefined ? undefined : { cause });
  }
}

interface OpenTree {
  readonly file: ValueFile;
  readonly parts: PartReader;
  readonly skeleton: SkeletonReader;
}

// What a getter or a proxy throws is met again by the encoder, which knows the path to it.
function surveyIfReadable(value: unknown): Survey {
  try {
    return surveyOf(value);
  } catch {
    return { kind: 'other', atLeast: 0, splits: false };
  }
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
  const { codec, skeleton } = layOut(name, value, { survey, parts });
  const file: ValueFile = { codec, type: summaryOf(value), skeleton, parts: parts.parts };
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
): { codec: CodecName; skeleton: Node } {
  try {
    if (survey.kind === 'json' && !survey.splits)
      return { codec: 'json', skeleton: placeSkeleton(value, parts, true) };
    const isTree = survey.kind !== 'other';
    const { node, shares } = isTree
      ? { node: encodeTree(value, parts), shares: false }
      : encodeSkeleton(name, value, parts);
    if (isSmall(node)) return { codec: 'structured', skeleton: node };
    return { codec: 'structured', skeleton: placeSkeleton(node, parts, !shares && !hasHoles(node)) };
  } catch (error) {
    if (!(error instanceof RangeError) || parts.failed) throw error;
    throw new UnstorableError(name, name, `takes more text than JavaScript can hold (${error.message})`, {
      cause: error,
    });
  }
}

const hasHoles = (node: Node): boolean =>
  Array.isArray(node) && node.some((item) => holeLength(item) !== undefined);

function valueFileOf(source: ObjectSource, entry: TreeEntry): Uint8Array {
  const file = source.tree(entry.id).find(({ name, mode }) => name === 'value.json' && mode === '100644');
  if (file === undefined) throw new ArtifactCorruptError(artifactNameOf(entry), 'value.json', 'is missing');
  return source.blob(file.id);
}

const digestOf = (bytes: Uint8Array): Digest => hash('sha256', bytes) as Digest;

const sumOfSizes = ({ parts }: ValueFile): number => parts.reduce((sum, { size }) => sum + size, 0);
