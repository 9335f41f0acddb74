import { OxbowError } from '../errors.ts';
import type { GitObject, ObjectType } from '../git/object.ts';
import { Repository } from '../git/repository.ts';
import type { ObjectId } from '../ids.ts';
import type { Hit } from './damage.ts';
import type { Grafts } from './grafts.ts';
import { IdTable } from './id-table.ts';
import { NOTE, type ObjectTable } from './object-table.ts';
import { listPacks } from './pack-file.ts';
import { type Target, targetsOf } from './reach.ts';

/** Something that must be whole with all it reaches. */
export interface Root extends Target {
  /** What to call it: the name of a run, a ref, a file. */
  readonly address: string;
}

/** What a visit found. */
export interface Visit {
  /** Damage that no visit before has found. */
  readonly hits: readonly Hit[];
  /** Whether all that the root reaches is whole. */
  readonly isSound: boolean;
  /** Objects found to be hit by this visit. */
  readonly found: readonly number[];
}

/** An object whose targets are being visited. */
interface Frame {
  readonly number: number;
  readonly targets: readonly Target[];
  next: number;
  isHit: boolean;
}

/**
 * Finds out whether everything is there that roots reach. Each object is visited once, whatever the number of roots and of ways to it; so
 * each damage is told once, under the first root that meets it. The way to an object lies in an array, so no depth of history or of
 * folders is too much.
 */
export class Reach {
  readonly #repository: Repository;
  readonly #objects: ObjectTable;
  readonly #grafts: Grafts;
  #promised: IdTable | undefined;
  #other: Repository | undefined;
  // Of the visit at hand.
  readonly #way: Frame[] = [];
  #address = '';
  #hits: Hit[] = [];
  #found: number[] = [];

  constructor(repository: Repository, objects: ObjectTable, grafts: Grafts) {
    this.#repository = repository;
    this.#objects = objects;
    this.#grafts = grafts;
  }

  /** Visits what a root reaches and nobody has visited. */
  visit(root: Root): Visit {
    this.#address = root.address;
    this.#hits = [];
    this.#found = [];
    this.#enter(root);
    for (let frame = this.#way.at(-1); frame !== undefined; frame = this.#way.at(-1)) {
      const target = frame.targets[frame.next];
      frame.next += 1;
      if (target !== undefined) this.#enter(target);
      else {
        this.#way.pop();
        this.#settle(frame.number, frame.isHit);
      }
    }
    const isHit = this.#hits.length > 0 || this.#objects.has(this.#objects.numberOf(root.id), NOTE.hit);
    return { hits: this.#hits, found: this.#found, isSound: !isHit };
  }

  /** Forgets what a visit found, so that the next one finds it again: its root had gone meanwhile. */
  forget({ found }: Visit): void {
    for (const number of found) this.#objects.unmark(number, NOTE.hit);
  }

  /** Closes what was opened. */
  close(): void {
    this.#other?.close();
  }

  #enter(target: Target): void {
    const type = typeFor(target);
    const number = this.#objects.numberOf(target.id);
    const actual = this.#typeOf(target.id, number);
    if (actual !== undefined && type !== undefined && actual !== type) {
      this.#tell(target.id, `is a ${actual} where a ${type} is needed`);
      this.#hitAbove();
    } else if (this.#objects.has(number, NOTE.hit)) this.#hitAbove();
    else if (this.#objects.has(number, NOTE.sound)) return;
    else if (actual !== undefined) this.#open(target, number, actual);
    else {
      const isPromised = this.#isPromised(target.id);
      if (!isPromised) this.#tell(target.id, 'needs an object that is missing or damaged');
      this.#settle(number, !isPromised);
    }
  }

  /** Begins with what an object points at. */
  #open(target: Target, number: number, type: ObjectType): void {
    const targets = type === 'blob' ? [] : this.#targetsOf(target);
    if (targets === undefined || targets.length === 0) this.#settle(number, targets === undefined);
    else this.#way.push({ number, targets, next: 0, isHit: false });
  }

  #settle(number: number, isHit: boolean): void {
    this.#objects.mark(number, isHit ? NOTE.hit : NOTE.sound);
    if (!isHit) return;
    this.#found.push(number);
    this.#hitAbove();
  }

  #hitAbove(): void {
    const above = this.#way.at(-1);
    if (above) above.isHit = true;
  }

  #tell(id: ObjectId, problem: string): void {
    this.#hits.push({ address: this.#address, problem, id });
  }

  /** Undefined for an object that cannot be parsed, which is told. */
  #targetsOf(target: Target): Target[] | undefined {
    const { shallow, parents } = this.#grafts;
    const given = parents.get(target.id);
    try {
      const targets = targetsOf(this.#repository, unknown(target.id));
      if (given === undefined && !shallow.has(target.id)) return targets;
      // As git does: history ends here, or goes on as the grafts say.
      return [...targets.filter(({ kind }) => kind !== 'unknown'), ...(given ?? []).map(unknown)];
    } catch (error) {
      if (!(error instanceof OxbowError)) throw error;
      this.#tell(target.id, error.message);
      return undefined;
    }
  }

  /** The type of an object that is whole; a run that goes on may have written it since the objects were scanned. */
  #typeOf(id: ObjectId, number: number): ObjectType | undefined {
    const known = this.#objects.typeOf(number);
    if (known !== undefined || this.#objects.has(number, NOTE.hit)) return known;
    const object = readIfWhole(this.#repository, id) ?? readIfWhole(this.#fresh(), id);
    if (object !== undefined) this.#objects.add(id, object.type);
    return object?.type;
  }

  /** Another look at the folders, in case the first was overtaken by what others move. */
  #fresh(): Repository {
    this.#other ??= Repository.open(this.#repository.path);
    return this.#other;
  }

  /** In a partial clone, whether the object is one that the remote keeps: something in a pack that came from there points at it. */
  #isPromised(id: ObjectId): boolean {
    this.#promised ??= promisedBy(this.#repository);
    return this.#promised.find(id) >= 0;
  }
}

/** The type that something pointed at must have, where that is known. */
export const typeFor = ({ kind, type }: Target): ObjectType | undefined =>
  type ?? (kind === 'unknown' ? undefined : kind);

const unknown = (id: ObjectId): Target => ({ id, kind: 'unknown' });

function readIfWhole(repository: Repository, id: ObjectId): GitObject | undefined {
  try {
    return repository.read(id);
  } catch (error) {
    if (error instanceof OxbowError) return undefined;
    throw error;
  }
}

function promisedBy(repository: Repository): IdTable {
  const promised = new IdTable();
  for (const pack of listPacks(repository.packFolder)) {
    if (!pack.isPromised) continue;
    for (const id of pack.index().startingWith('')) {
      for (const target of targetsOf(repository, unknown(id))) promised.add(target.id);
    }
  }
  return promised;
}
