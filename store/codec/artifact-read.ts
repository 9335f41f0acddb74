import { isUtf8 } from 'node:buffer';
import type { TreeEntry } from '../git/tree.ts';
import type { Digest, ObjectId } from '../ids.ts';
import { checkRecordText } from '../limits.ts';
import { artifactNameOf } from './artifact-name.ts';
import { sliceBounds } from './bounds.ts';
import { Decoder, definitionsIn } from './decode.ts';
import { decodeFile } from './decode-file.ts';
import { sliceOf } from './elements.ts';
import { ArtifactCorruptError } from './errors.ts';
import { ArtifactFile } from './file.ts';
import { formOfNode } from './form.ts';
import { nestsDeeper } from './json-text.ts';
import { MAX_DEPTH } from './limits.ts';
import type { ObjectSource } from './objects.ts';
import { type Chunk, PartReader } from './part-read.ts';
import type { PlainClasses } from './scholar.ts';
import { isTag, type Node } from './skeleton.ts';
import { SkeletonReader } from './skeleton-text.ts';
import { summaryOf } from './summary.ts';
import { digestOf, parseValueFile, readValueFile, sumOfSizes, type ValueFile } from './value-file.ts';
import { memoryView, type ValueView, viewOf } from './value-view.ts';

/** How values are read. */
export interface ReadingOptions {
  /** What becomes of instances of classes that this process did not register: an error unless told otherwise. */
  readonly plainClasses?: PlainClasses | undefined;
}

/** Bytes in the store, read a chunk or less at a time. */
export interface StoredStretch {
  /** In bytes. */
  readonly size: number;
  readonly chunks: readonly Chunk[];
  /** The bytes from `start` up to `end`; the caller must not change them. */
  pieces(start: number, end: number): Iterable<Uint8Array>;
}

/** Reads one artifact; nothing is read before it is asked for. */
export class ArtifactReader {
  readonly name: string;
  readonly #source: ObjectSource;
  readonly #entry: TreeEntry;
  readonly #expected: Digest | undefined;
  readonly #plainClasses: PlainClasses;
  #bytes: Uint8Array | undefined;
  #opened: OpenTree | undefined;
  #view: ValueView | undefined;

  /** `expected` is the digest on record: an artifact with another one is refused as corrupt. */
  constructor(
    source: ObjectSource,
    entry: TreeEntry,
    expected?: Digest,
    { plainClasses = false }: ReadingOptions = {},
  ) {
    this.name = artifactNameOf(entry);
    this.#source = source;
    this.#entry = entry;
    this.#expected = expected;
    this.#plainClasses = plainClasses;
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

  /**
   * Bytes the value takes on disk: its blobs and trees as they are stored, those it shares with other values included.
   * Reads the trees alone.
   */
  get storedSize(): number {
    return [...idsBelow(this.#source, this.#entry)].reduce(
      (sum, id) => sum + this.#source.storedBytes(id),
      0,
    );
  }

  /** Whether the value is a file, whose bytes {@link load} leaves where they are. */
  get isFile(): boolean {
    return this.#isTree && this.#open().file.codec === 'file';
  }

  /** A few words on the value: `object{3}`, `array[1000]`, `Float64Array[8]`, `Table 1000x4`. */
  get type(): string {
    return this.#isTree ? this.#open().file.type : summaryOf(this.load());
  }

  /**
   * The value, a new one at each call, every byte of it verified. With `plainClasses` an instance of a class this process
   * did not register becomes the plain data stored for it, for those who only look; with `'named'` under the name of its class. Throws an {@link ArtifactCorruptError}, or an
   * `UnreadableError` when this process lacks a class or feature it needs.
   */
  load({ plainClasses = this.#plainClasses }: ReadingOptions = {}): unknown {
    if (!this.#isTree) return this.#parseSmall();
    const { file, parts, skeleton } = this.#open();
    const root = skeleton.read();
    if (file.codec === 'file') return this.#file(parts, root);
    return file.codec === 'json'
      ? root
      : new Decoder(this.name, parts, { definitions: () => definitionsIn(root), plainClasses }).decode(root);
  }

  /**
   * The value as value.json writes it, as JSON on its own: long texts and lists of numbers stand in it, and the bytes of a part as
   * their size and SHA-256. Forms are equal exactly when the values are. The caller must not change it.
   */
  get form(): Node {
    if (!this.#isTree) return this.#parseSmall() as Node;
    const { file, parts, skeleton } = this.#open();
    if (file.codec === 'json') return skeleton.whole;
    if (file.codec === 'file') return formOfNode({ $File: skeleton.whole }, { parts, decode: AS_IT_IS });
    const decoder = new Decoder(this.name, parts, { definitions: () => definitionsIn(skeleton.whole) });
    return formOfNode(skeleton.whole, { parts, decode: (node) => decoder.decode(node) });
  }

  /**
   * The bytes of a file, or of a value that is one stretch of bytes such as a Buffer or a typed array, by the chunks they are stored in;
   * undefined when they are too few to have a part, or the value is something else.
   */
  get stretch(): StoredStretch | undefined {
    if (!this.#isTree) return undefined;
    const { file, parts, skeleton } = this.#open();
    if (file.codec === 'json') return undefined;
    const part = partOf(file.codec === 'file' ? { $File: skeleton.whole } : skeleton.whole);
    if (part === undefined) return undefined;
    const { size } = parts.info(part);
    return {
      size,
      chunks: parts.chunks(part),
      pieces: (start, end) => parts.pieces(part, start, end),
    };
  }

  /** The value as something to look into, without reading more of it than that takes. */
  get view(): ValueView {
    this.#view ??= this.#openView();
    return this.#view;
  }

  /** How many elements a foreach over the value has, or undefined when it is nothing to iterate. */
  get length(): number | undefined {
    return this.view.elements.length;
  }

  /** One element, read with as little of the rest as its place allows. Throws a RangeError when there is none. */
  element(index: number): unknown {
    const { length, element } = this.view.elements;
    if (length === undefined || !Number.isInteger(index) || index < 0 || index >= length) {
      throw new RangeError(`Artifact "${this.name}" has no element ${index}: it is ${this.type}.`);
    }
    return element(index);
  }

  /**
   * The elements from `from` up to `to`, counted as Array.prototype.slice does, read as {@link element} reads one: of an
   * array an array, of a typed array, Buffer or text the same, of a table a table of those rows, of a file its bytes.
   * Throws a RangeError when there are no elements.
   */
  slice(from?: number, to?: number): unknown {
    const value = this.isFile ? this.load() : undefined;
    if (value instanceof ArtifactFile) return value.slice(from, to);
    if (this.length !== undefined) return sliceOf(this.view.elements, from, to);
    throw new RangeError(`Artifact "${this.name}" has no elements to slice: it is ${this.type}.`);
  }

  /** Names of the columns of a table, or undefined when the value is none. */
  get columns(): readonly string[] | undefined {
    return this.view.elements.columns?.names;
  }

  /**
   * A column of a table as an Arrow vector, or its rows from `from` up to `to`; the other columns are not read. Throws a
   * RangeError when there is none.
   */
  column(name: string, from?: number, to?: number): unknown {
    const { columns, length = 0 } = this.view.elements;
    if (columns?.names.includes(name)) return columns.column(name, ...sliceBounds(length, from, to));
    const known =
      columns === undefined ? `it is ${this.type}` : `its columns are ${columns.names.join(', ')}`;
    throw new RangeError(`Artifact "${this.name}" has no column ${JSON.stringify(name)}: ${known}.`);
  }

  get #isTree(): boolean {
    return this.#entry.mode === '40000';
  }

  #main(): Uint8Array {
    if (this.#bytes !== undefined) return this.#bytes;
    const bytes = this.#isTree ? readValueFile(this.#source, this.#entry) : this.#source.blob(this.#entry.id);
    if (this.#expected !== undefined && digestOf(bytes) !== this.#expected) {
      throw this.#corrupt(`has the digest ${digestOf(bytes)} instead of ${this.#expected}`);
    }
    this.#bytes = bytes;
    return bytes;
  }

  #parseSmall(): unknown {
    const bytes = this.#main();
    if (!isUtf8(bytes)) throw this.#corrupt('is not UTF-8');
    checkRecordText(bytes, () => `Artifact "${this.name}"`);
    if (nestsDeeper(bytes, MAX_DEPTH)) throw this.#corrupt('is nested too deeply');
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

  #file(parts: PartReader, skeleton: Node): ArtifactFile {
    const corrupt = (problem: string): never => {
      throw this.#corrupt(problem);
    };
    return decodeFile(skeleton, { parts, corrupt });
  }

  #openView(): ValueView {
    if (!this.#isTree) return memoryView(() => this.#parseSmall());
    if (this.isFile) return memoryView(() => this.load());
    const { file, parts, skeleton } = this.#open();
    return viewOf({
      artifact: this.name,
      parts,
      skeleton,
      isTagged: file.codec === 'structured',
      plainClasses: this.#plainClasses,
    });
  }

  #corrupt(problem: string, cause?: unknown): ArtifactCorruptError {
    const where = this.#isTree ? 'value.json' : this.#entry.name;
    return new ArtifactCorruptError(this.name, where, problem, cause === undefined ? undefined : { cause });
  }
}

const AS_IT_IS = (node: Node): unknown => node;

/** The part that is all the bytes of a value; undefined when there is none. */
function partOf(node: Node): number | undefined {
  if (typeof node !== 'object' || node === null || Array.isArray(node) || !isTag(node)) return undefined;
  const [tag = '', payload = null] = Object.entries(node)[0] ?? [];
  if (tag === '$File' && typeof payload === 'object' && payload !== null && !Array.isArray(payload))
    return typeof payload.part === 'number' ? payload.part : undefined;
  const isBytes = /^\$(?:\w+Array|ArrayBuffer|Buffer|DataView|numbers)$/.test(tag);
  return isBytes && typeof payload === 'number' ? payload : undefined;
}

/** Each object once, however often trees name it. */
function idsBelow(source: ObjectSource, { id, mode }: TreeEntry): ReadonlySet<ObjectId> {
  const ids = new Set([id]);
  const trees = new Set(mode === '40000' ? [id] : []);
  // A set gives what is added while it is walked.
  for (const tree of trees) {
    for (const entry of source.tree(tree)) {
      ids.add(entry.id);
      if (entry.mode === '40000') trees.add(entry.id);
    }
  }
  return ids;
}

interface OpenTree {
  readonly file: ValueFile;
  readonly parts: PartReader;
  readonly skeleton: SkeletonReader;
}
