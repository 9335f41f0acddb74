import { readlinkSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, syncFolder } from '../atomic-file.ts';
import type { ObjectId } from '../ids.ts';
import { checkWay, isAbsent, readPlain, StoreEntryError } from '../plain-files.ts';
import { RefChangedError, RefConflictError, RefCorruptError } from './errors.ts';
import { LockFile } from './lock-file.ts';
import { LooseListing, looseRefFolders, looseRefNames, removeEmptyFolders } from './loose-refs.ts';
import { PackedRefs } from './packed-refs.ts';
import { checkRefName } from './ref-name.ts';

/** Where a ref shall point, and what it must point at before: `null` for nothing, undefined for no matter what. */
export interface RefUpdate {
  readonly to: ObjectId;
  readonly from?: ObjectId | null | undefined;
  /** A ref whose file is damaged counts as having the value `from`, and is overwritten. */
  readonly mends?: boolean;
  /** How long to wait for another process that holds the lock, in milliseconds. */
  readonly patience?: number;
}

/** How long to wait for another process that is moving the same ref, in milliseconds. */
const PATIENCE = 1000;
/** The same for packed-refs, which git locks while it writes every ref of the repository. */
const PACKED_PATIENCE = 3000;
/** So many names are fetched at first when they are wanted one by one. */
const FEW = 8;
/** Git follows a symbolic ref to a symbolic ref this often. */
const MAX_HOPS = 5;

/**
 * The refs of a repository, kept in files as git keeps them. Every change is a compare-and-swap under git's own lock
 * files, so it is safe beside native git and beside other processes of ours.
 */
export class Refs {
  readonly #folder: string;
  readonly #packed: PackedRefs;
  readonly #areLinksFollowed: boolean;
  readonly #loose = new LooseListing();
  #reached: string | undefined;

  /** `followLinks`: for a repository of the user's own, where folders of refs may be symbolic links, and which is only read. */
  constructor(folder: string, { followLinks = false } = {}) {
    this.#folder = folder;
    this.#areLinksFollowed = followLinks;
    this.#packed = new PackedRefs(folder);
  }

  /** What a ref points at, symbolic refs followed; undefined when there is no such ref. */
  read(name: string): ObjectId | undefined {
    return this.#follow(name).id;
  }

  /** The ref that a symbolic ref such as `HEAD` names; undefined when it is missing or points at an object. */
  symbolic(name: string): string | undefined {
    checkRefName(name);
    const loose = this.#readLoose(name);
    return loose !== undefined && 'target' in loose ? loose.target : undefined;
  }

  /** Makes a symbolic ref such as `HEAD` name another ref, which need not exist. */
  setSymbolic(name: string, target: string): void {
    checkRefName(name);
    checkRefName(target);
    this.#withLock(name, PATIENCE, (lock) => {
      lock.commit(`ref: ${target}\n`);
      syncFolder(dirname(lock.path));
    });
  }

  /** Sorted names of all refs that begin with `prefix`, such as `refs/runs/`. Does not read what they point at. */
  names(prefix: string): string[] {
    if (!isWithinRefs(prefix)) return [];
    // Loose first: a ref that git packs meanwhile turns up in packed-refs.
    const names = new Set(looseRefNames(this.#folder, prefix));
    for (const name of this.#packed.read(prefix).keys()) names.add(name);
    return [...names].sort();
  }

  /**
   * All refs that begin with `prefix`, with what they point at, sorted by name: quicker than to ask for each. A ref whose file is damaged
   * has undefined.
   */
  all(prefix: string): [name: string, id: ObjectId | undefined][] {
    if (!isWithinRefs(prefix)) return [];
    const loose = [...looseRefNames(this.#folder, prefix)];
    const ids = new Map<string, ObjectId | undefined>();
    for (const name of loose) ids.set(name, this.#isReadable(name) ? this.read(name) : undefined);
    const all: [name: string, id: ObjectId | undefined][] = [...ids];
    for (const [name, { id }] of this.#packed.read(prefix)) if (!ids.has(name)) all.push([name, id]);
    return all.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /**
   * The names that begin with `prefix`, the last first, each looked for only when it is reached; with `before`, those less than
   * that name. Names of the same folder only: `prefix` ends with a slash, and nothing below is a folder.
   */
  *latest(prefix: string, before?: string): Generator<string, undefined> {
    if (!isWithinRefs(prefix)) return;
    const listed = this.#loose.names(this.#folder, prefix);
    const loose = before === undefined ? [...listed] : listed.filter((name) => name < before);
    let last = before;
    for (let count = FEW; ; count *= 2) {
      const packed = this.#packed.last(prefix, count, last);
      for (const name of packed) {
        while ((loose.at(-1) ?? '') > name) yield loose.pop() as string;
        if (loose.at(-1) === name) loose.pop();
        yield name;
      }
      last = packed.at(-1);
      if (packed.length < count) break;
    }
    while (loose.length > 0) yield loose.pop() as string;
  }

  /** Names of the folders directly in a folder such as `refs/runs/` that hold a ref, sorted. Reads few of the refs. */
  folders(prefix: string): string[] {
    if (!isWithinRefs(prefix)) return [];
    const loose = looseRefFolders(this.#folder, prefix);
    return [...new Set([...loose, ...this.#packed.folders(prefix)])].sort();
  }

  /**
   * Creates or moves a ref; durable once this returns. Throws a {@link RefChangedError} when it did not have the value
   * `from`, a {@link RefConflictError} when another ref is in the way, a RefLockedError when another process keeps the
   * lock. A symbolic ref stays one: what it names is moved.
   */
  update(ref: string, change: RefUpdate): void {
    const name = change.mends ? this.#end(ref) : this.#follow(ref).name;
    this.#withLock(name, change.patience ?? PATIENCE, (lock) => {
      const isDamaged = change.mends === true && !this.#isReadable(name);
      const found = isDamaged ? undefined : this.#expect(name, change.from);
      if (found === null) this.#checkRoom(name);
      this.#commit(name, lock, change.to);
      syncFolder(dirname(lock.path));
    });
  }

  /**
   * Deletes a ref, loose and packed; does nothing when there is none and no `from`. Throws like {@link update}. Without `from`, a
   * ref whose file is damaged goes too.
   */
  delete(ref: string, expected: { readonly from?: ObjectId | undefined } = {}): void {
    const name = expected.from === undefined ? this.#end(ref) : this.#follow(ref).name;
    this.#withLock(name, PATIENCE, () => {
      // Held to the end, or else `git pack-refs` could pack the loose value between the two removals.
      this.#withLock('packed-refs', PACKED_PATIENCE, () => {
        const isDamaged = expected.from === undefined && !this.#isReadable(name);
        if (!isDamaged && this.#expect(name, expected.from) === null) return;
        this.#packed.remove(name);
        rmSync(join(this.#folder, name), { force: true });
        syncFolder(dirname(join(this.#folder, name)));
      });
    });
    removeEmptyFolders(this.#folder, dirname(name));
  }

  #follow(ref: string): { readonly name: string; readonly id: ObjectId | undefined } {
    let name = ref;
    for (let hop = 0; hop <= MAX_HOPS; hop++) {
      checkRefName(name);
      const loose = this.#readLoose(name);
      if (loose === undefined) return { name, id: this.#packed.get(name)?.id };
      if ('id' in loose) return { name, id: loose.id };
      name = loose.target;
    }
    throw new RefCorruptError(ref, `it leads through more than ${MAX_HOPS} symbolic refs`);
  }

  /** The ref that symbolic refs lead to, also when what it points at cannot be read; a ref that leads nowhere is its own. */
  #end(ref: string): string {
    try {
      return this.#follow(ref).name;
    } catch (error) {
      if (error instanceof RefCorruptError) return error.ref.startsWith('refs/') ? error.ref : ref;
      throw error;
    }
  }

  #isReadable(name: string): boolean {
    try {
      this.read(name);
      return true;
    } catch (error) {
      if (error instanceof RefCorruptError) return false;
      throw error;
    }
  }

  #expect(name: string, expected: ObjectId | null | undefined): ObjectId | null {
    const found = this.read(name) ?? null;
    if (expected !== undefined && found !== expected) throw new RefChangedError(name, expected, found);
    return found;
  }

  #withLock(name: string, patience: number, action: (lock: LockFile) => void): void {
    const lock = this.#lock(name, patience);
    try {
      action(lock);
    } catch (error) {
      lock.release();
      removeEmptyFolders(this.#folder, dirname(name)); // Taking the lock may have made them.
      throw error;
    } finally {
      lock.release();
    }
  }

  #lock(name: string, patience: number): LockFile {
    try {
      return LockFile.take(join(this.#folder, name), { root: this.#folder, patience });
    } catch (error) {
      // A file where a folder should be: one of the names above is a ref.
      if (!['ENOTDIR', 'EEXIST'].includes(errorCode(error))) throw error;
      throw new RefConflictError(name, this.#parentRef(name) ?? dirname(name), { cause: error });
    }
  }

  #commit(name: string, lock: LockFile, id: ObjectId): void {
    try {
      lock.commit(`${id}\n`);
    } catch (error) {
      if (!['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) throw error;
      removeEmptyFolders(this.#folder, name);
      this.#checkRoom(name);
      lock.commit(`${id}\n`);
    }
  }

  // No ref may be the folder of another.
  #checkRoom(name: string): void {
    const parent = this.#parentRef(name);
    if (parent !== undefined) throw new RefConflictError(name, parent);
    const [child] = this.names(`${name}/`);
    if (child !== undefined) throw new RefConflictError(name, child);
  }

  #parentRef(name: string): string | undefined {
    for (let parent = dirname(name); parent.includes('/'); parent = dirname(parent)) {
      if (this.#packed.get(parent) !== undefined || this.#readLoose(parent) !== undefined) return parent;
    }
    return undefined;
  }

  /** Whether the folder of a ref is there, and no link. Of the folder asked about last this is known; whoever changes refs looks again, with the lock. */
  #isReachable(name: string): boolean {
    const parent = dirname(name);
    if (this.#areLinksFollowed || parent === this.#reached) return true;
    if (!checkWay(this.#folder, name)) return false;
    this.#reached = parent;
    return true;
  }

  #readLoose(name: string): { readonly id: ObjectId } | { readonly target: string } | undefined {
    let text: string;
    try {
      if (!this.#isReachable(name)) return undefined;
      text = readPlain(join(this.#folder, name)).toString();
    } catch (error) {
      if (isAbsent(error)) return undefined;
      if (!(error instanceof StoreEntryError)) throw error;
      // Git's old way to write a symbolic ref.
      const link = error.found === 'a symbolic link' ? linkOf(error.path) : '';
      if (link.startsWith('refs/') && error.path === join(this.#folder, name)) return { target: link };
      // The folder of other refs.
      if (error.found === 'a folder') return undefined;
      throw new RefCorruptError(name, `"${error.path}" is ${error.found}`);
    }
    const [, target, id] =
      /^(?:ref:[ \t\n\r]*([^ \t\n\r]+)[ \t\n\r]*|([0-9a-f]{40})(?:[ \t\n\r].*)?)$/s.exec(text) ?? [];
    if (target !== undefined) return { target };
    if (id !== undefined) return { id: id as ObjectId };
    throw new RefCorruptError(name, 'its file does not hold an object id');
  }
}

/** Where a symbolic link says that it leads; empty when it is gone. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Whether names may begin with a prefix: nobody gets to list what is beside the refs. */
function isWithinRefs(prefix: string): boolean {
  return (prefix.startsWith('refs/') || 'refs/'.startsWith(prefix)) && !prefix.includes('..');
}
