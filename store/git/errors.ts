import { OxbowError } from '../errors.ts';
import type { ObjectId } from '../ids.ts';
import type { ObjectType } from './object.ts';

/** The path is not a git repository that this store can work with; `reason` says what is missing or unsupported. */
export class NotARepositoryError extends OxbowError {
  readonly code = 'NotARepositoryError';
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(
      `"${path}" is not a store: ${reason}. Name the folder of a bare git repository, or run a flow to create one.`,
      options,
    );
    this.path = path;
    this.reason = reason;
  }
}

/** No pack, loose file or pending write holds the object. */
export class ObjectMissingError extends OxbowError {
  readonly code = 'ObjectMissingError';
  readonly id: ObjectId;

  constructor(id: ObjectId, path: string) {
    super(
      `Object ${id} is not in "${path}": the store was copied incompletely or the object was pruned. Fetch it from a copy of the store.`,
    );
    this.id = id;
  }
}

/** The bytes stored for an object are damaged; `where` names the file and the place in it. */
export class ObjectCorruptError extends OxbowError {
  readonly code = 'ObjectCorruptError';
  readonly id: ObjectId;
  readonly where: string;

  constructor(id: ObjectId, where: string, options?: ErrorOptions) {
    super(
      `Object ${id} is damaged: ${where}. Run "git fsck --full" on the store and restore the file from a copy.`,
      options,
    );
    this.id = id;
    this.where = where;
  }
}

/** The object exists but is of another kind than the one asked for. */
export class ObjectTypeError extends OxbowError {
  readonly code = 'ObjectTypeError';
  readonly id: ObjectId;
  readonly expected: ObjectType;
  readonly found: ObjectType;

  constructor(id: ObjectId, expected: ObjectType, found: ObjectType) {
    super(`Object ${id} is a ${found}, not a ${expected}: name a ${expected} instead.`);
    this.id = id;
    this.expected = expected;
    this.found = found;
  }
}

/** Bytes that should be a tree, a commit, a pack entry, an index or a delta break the format; `problem` says how. */
export class MalformedObjectError extends OxbowError {
  readonly code = 'MalformedObjectError';
  readonly kind: string;
  readonly problem: string;

  constructor(kind: string, problem: string, options?: ErrorOptions) {
    super(`This ${kind} cannot be decoded: ${problem}. Restore it from a copy of the store.`, options);
    this.kind = kind;
    this.problem = problem;
  }
}

/** A tree or commit to be written holds something git would refuse; `field` names it. */
export class IllegalObjectError extends OxbowError {
  readonly code = 'IllegalObjectError';
  readonly field: string;
  readonly value: string;

  constructor(field: string, value: string, rule: string) {
    super(`${field} ${JSON.stringify(value)} cannot be stored in git: it ${rule}.`);
    this.field = field;
    this.value = value;
  }
}

/** A ref name that `git check-ref-format` would refuse. */
export class RefNameError extends OxbowError {
  readonly code = 'RefNameError';
  readonly ref: string;

  constructor(ref: string, rule: string) {
    super(`${JSON.stringify(ref)} is not a legal ref name: it ${rule}.`);
    this.ref = ref;
  }
}

/** Another process holds the lock file of a ref, or died holding it. `age` is in milliseconds. */
export class RefLockedError extends OxbowError {
  readonly code = 'RefLockedError';
  readonly lock: string;
  readonly age: number;

  constructor(lock: string, age: number, options?: ErrorOptions) {
    super(
      `"${lock}" is held by another process (for ${(age / 1000).toFixed(1)} s). Try again; if no git or flow process is running, delete the file.`,
      options,
    );
    this.lock = lock;
    this.age = age;
  }
}

/** A compare-and-swap lost: the ref no longer had the expected value. `null` stands for "no such ref". */
export class RefChangedError extends OxbowError {
  readonly code = 'RefChangedError';
  readonly ref: string;
  readonly expected: ObjectId | null;
  readonly found: ObjectId | null;

  constructor(ref: string, expected: ObjectId | null, found: ObjectId | null) {
    super(
      `${ref} was moved by another process: expected ${expected ?? 'no such ref'}, found ${found ?? 'no such ref'}. Read it again and retry.`,
    );
    this.ref = ref;
    this.expected = expected;
    this.found = found;
  }
}

/** A ref cannot exist beside another whose name is its folder, or lies below it. */
export class RefConflictError extends OxbowError {
  readonly code = 'RefConflictError';
  readonly ref: string;
  readonly existing: string;

  constructor(ref: string, existing: string, options?: ErrorOptions) {
    super(
      `${ref} cannot be created because ${existing} exists: git keeps refs as files, and one would have to be the folder of the other. Delete or rename one of them.`,
      options,
    );
    this.ref = ref;
    this.existing = existing;
  }
}

/** The stored content of a ref, or the packed-refs file, cannot be understood. */
export class RefCorruptError extends OxbowError {
  readonly code = 'RefCorruptError';
  readonly ref: string;

  constructor(ref: string, problem: string) {
    super(`${ref} is damaged: ${problem}. Restore it with "git update-ref", or from a copy of the store.`);
    this.ref = ref;
  }
}
