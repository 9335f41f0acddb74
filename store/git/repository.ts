import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../ids.ts';
import { TooLargeError } from '../limits.ts';
import { BoundedCache } from './bounded-cache.ts';
import { type Commit, decodeCommit } from './commit.ts';
import { MalformedObjectError, ObjectCorruptError, ObjectMissingError, ObjectTypeError } from './errors.ts';
import { type BlobContent, contentOf } from './long-blob-read.ts';
import { type LongBlob, type LongContent, writeLongBlob } from './long-blob-write.ts';
import { writeLoose } from './loose.ts';
import type { GitObject, ObjectType } from './object.ts';
import { ObjectFolders } from './object-folders.ts';
import { publishPack } from './pack-publish.ts';
import { draftPack, type PackWriteOptions, type WrittenPack, writePack } from './pack-write.ts';
import { type PackedObject, packObject, unpackObject } from './packed-object.ts';
import { Refs } from './refs.ts';
import { findGitFolder, layOutRepository } from './repository-files.ts';
import { decodeTree, type TreeEntry } from './tree.ts';

/** How to open a repository. */
export interface OpenOptions {
  /** For a repository of the user's own that is only read: its folders may be symbolic links (default false). */
  readonly followLinks?: boolean;
}

/** How to read an object. */
export interface ReadOptions {
  /** Whether to hash what was read and compare (default true). */
  readonly verify?: boolean;
}

/** A pack that nobody sees yet. */
export interface PackDraft {
  /** Makes the pack visible and as durable as asked. Throws the file system's own errors: then it may be tried again. */
  publish(options: PackWriteOptions): WrittenPack;
  /** Removes what has not been published. */
  discard(): void;
}

/** A git repository: its objects and refs, read and written synchronously without git. */
export class Repository {
  /** The folder with HEAD, objects and refs. */
  readonly path: string;
  /** Where packs are. */
  readonly packFolder: string;
  readonly refs: Refs;
  readonly #objects: ObjectFolders;
  readonly #held = new Map<ObjectId, PackedObject>();
  readonly #trees = new BoundedCache<ObjectId, readonly TreeEntry[]>({
    limit: 100_000,
    weigh: (entries) => entries.length + 1,
  });

  private constructor(path: string, { followLinks = false }: OpenOptions = {}) {
    this.path = path;
    this.packFolder = join(path, 'objects', 'pack');
    this.refs = new Refs(path, { followLinks });
    this.#objects = new ObjectFolders(join(path, 'objects'));
  }

  /** Opens the bare repository at `path` after creating what is missing of it. */
  static create(path: string): Repository {
    layOutRepository(path);
    return Repository.open(path);
  }

  /** Opens a repository. Throws a {@link NotARepositoryError} when there is none, and a StoreEntryError for one with links in it. */
  static open(path: string, options: OpenOptions = {}): Repository {
    return new Repository(findGitFolder(path, options), options);
  }

  /**
   * An object, wherever it is. Throws an {@link ObjectMissingError}, an {@link ObjectCorruptError} when every copy of
   * it is damaged, or a {@link TooLargeError} for one that is not read as a whole.
   */
  read(id: ObjectId, options: ReadOptions = {}): GitObject {
    const held = this.#held.get(id);
    if (held !== undefined) return unpackObject(held);
    const finding = this.#objects.read(id, options.verify ?? true);
    if (finding === undefined) throw new ObjectMissingError(id, this.path);
    if ('object' in finding) return finding.object;
    if (finding.cause instanceof TooLargeError) throw finding.cause;
    throw new ObjectCorruptError(id, finding.damage, { cause: finding.cause });
  }

  /**
   * An object ready for another pack: copied as it is stored where possible, so that packs merge without compressing
   * anything anew. Throws like {@link read}.
   */
  packed(id: ObjectId): PackedObject {
    const packed = this.#held.get(id) ?? this.#objects.readPacked(id);
    if (packed !== undefined) return packed;
    const { type, body } = this.read(id);
    return packObject(type, body);
  }

  /** Whether the object is held, packed or loose. Does not look at its bytes. */
  has(id: ObjectId): boolean {
    return this.#held.has(id) || this.#objects.has(id);
  }

  /**
   * Bytes the object takes on disk, in a pack or in a file of its own, or will take once it is packed; found out without
   * reading it. Throws an {@link ObjectMissingError}.
   */
  storedBytes(id: ObjectId): number {
    const bytes = this.#held.get(id)?.deflated.byteLength ?? this.#objects.storedBytes(id);
    if (bytes === undefined) throw new ObjectMissingError(id, this.path);
    return bytes;
  }

  /** The content of a blob. Throws an {@link ObjectTypeError} for anything else. */
  blob(id: ObjectId): Buffer {
    return this.#readAs(id, 'blob');
  }

  /**
   * Reads the content of a blob straight into memory of its size, not verified, where it is stored in a way that allows
   * that; false when it is not, or not known to be: {@link blob} tells. For those who verify a whole of many blobs.
   */
  blobInto(id: ObjectId, target: Uint8Array): boolean {
    return !this.#held.has(id) && this.#objects.readInto(id, target);
  }

  /**
   * The content of a blob by ranges: of a long one that {@link writeLongBlob} wrote, a megabyte at a time is in memory. Throws like
   * {@link read}.
   */
  content(id: ObjectId): BlobContent {
    const findAgain = () => this.content(id);
    const segmented = this.#held.has(id) ? undefined : this.#objects.segmented(id, findAgain);
    return segmented ?? contentOf(this.blob(id));
  }

  /** Writes a blob of any length (see long-blob-write.ts) into a pack with a .keep: its content is synced. */
  writeLongBlob(content: LongContent, { keep }: { readonly keep: string }): Promise<LongBlob> {
    const { packFolder } = this;
    return writeLongBlob(content, { packFolder, keep, has: (id) => this.has(id) });
  }

  /** The entries of a tree, shared with other callers. Throws an {@link ObjectTypeError} for anything else. */
  tree(id: ObjectId): readonly TreeEntry[] {
    return this.#trees.get(id) ?? this.#trees.set(id, decodeAs(id, decodeTree, this.#readAs(id, 'tree')));
  }

  /** A commit. Throws an {@link ObjectTypeError} for anything else. */
  commit(id: ObjectId): Commit {
    return decodeAs(id, decodeCommit, this.#readAs(id, 'commit'));
  }

  /** Lets this process read an object that is in no pack yet, until {@link release}. */
  hold(object: PackedObject): void {
    this.#held.set(object.id, object);
  }

  /** Whether an object is held in memory. */
  isHeld(id: ObjectId): boolean {
    return this.#held.has(id);
  }

  /**
   * Names of the packs, without a suffix, that list an object; as far as they are known, or after another look when `fresh`. Any of
   * them may be gone by now.
   */
  packsWith(id: ObjectId, fresh: boolean): string[] {
    return this.#objects.packsWith(id, fresh);
  }

  /** Forgets objects held in memory, which have been packed or are not wanted any more. */
  release(ids: Iterable<ObjectId>): void {
    for (const id of ids) this.#held.delete(id);
  }

  /** Writes a pack (see pack-write.ts) that this instance reads from at once. */
  writePack(objects: Iterable<PackedObject>, options: PackWriteOptions): WrittenPack | undefined {
    const written = writePack(this.packFolder, objects, options);
    if (written !== undefined) this.#objects.addPack(written.name);
    return written;
  }

  /** Writes a pack that is to be published later, by this process (see pack-write.ts); the disk begins with it at once. */
  draftPack(objects: Iterable<PackedObject>): PackDraft | undefined {
    const pack = draftPack(this.packFolder, objects);
    if (pack === undefined) return undefined;
    pack.file.writeBack();
    return {
      publish: (options) => {
        const written = publishPack(this.packFolder, pack, options);
        this.#objects.addPack(written.name);
        return written;
      },
      discard: () => pack.file.discard(),
    };
  }

  /** Removes the keep file of a pack: from now on git and maintenance may drop what of it no ref reaches. */
  unkeep(pack: string): void {
    rmSync(join(this.packFolder, `${pack}.keep`), { force: true });
  }

  /** Writes one object durably into a file of its own. */
  writeLoose(type: ObjectType, body: Uint8Array): ObjectId {
    return writeLoose(join(this.path, 'objects'), type, body);
  }

  /** All ids that begin with a hex prefix, sorted; every id of the repository for an empty one. */
  expand(prefix: string): ObjectId[] {
    const wanted = prefix.toLowerCase();
    if (!/^[0-9a-f]{0,40}$/.test(wanted)) return [];
    const ids = new Set(this.#objects.startingWith(wanted));
    for (const id of this.#held.keys()) if (id.startsWith(wanted)) ids.add(id);
    return [...ids].sort();
  }

  /** Closes the files kept open for reading; they open again when needed. */
  close(): void {
    this.#objects.close();
  }

  #readAs(id: ObjectId, type: ObjectType): Buffer {
    const object = this.read(id);
    if (object.type !== type) throw new ObjectTypeError(id, type, object.type);
    return object.body;
  }
}

function decodeAs<T>(id: ObjectId, decode: (body: Buffer) => T, body: Buffer): T {
  try {
    return decode(body);
  } catch (error) {
    if (error instanceof MalformedObjectError)
      throw new ObjectCorruptError(id, error.message, { cause: error });
    throw error;
  }
}
