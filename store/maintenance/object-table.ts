import type { ObjectType } from '../git/object.ts';
import type { ObjectId } from '../ids.ts';
import { IdTable } from './id-table.ts';

const TYPES = [undefined, 'commit', 'tree', 'blob', 'tag'] as const satisfies (ObjectType | undefined)[];
const TYPE_BITS = 0b111;

/** What fsck knows of an object beside its type, one bit each. */
export const NOTE = {
  /** All that it reaches is whole. */
  sound: 1 << 3,
  /** Something that it reaches is not. */
  hit: 1 << 4,
  /** As the tree of a task: its records and artifacts are right. */
  taskSound: 1 << 5,
  /** As an artifact: it has been verified. */
  verified: 1 << 6,
} as const;

/** What fsck knows of each object, in some 30 bytes an object. */
export class ObjectTable {
  readonly #ids = new IdTable();
  #notes = new Uint8Array(1024);
  #whole = 0;

  /** How many objects are whole. */
  get wholeCount(): number {
    return this.#whole;
  }

  /** How many objects have a number. */
  get size(): number {
    return this.#ids.size;
  }

  /** The number of an object; one that was not known gets a new one. */
  numberOf(id: ObjectId): number {
    const number = this.#ids.add(id);
    if (number >= this.#notes.length) {
      const grown = new Uint8Array(this.#notes.length * 2);
      grown.set(this.#notes);
      this.#notes = grown;
    }
    return number;
  }

  /** The object with a number. */
  idAt(number: number): ObjectId {
    return this.#ids.idAt(number);
  }

  /** The type of a whole object; undefined for one of which no whole copy has been read. */
  typeOf(number: number): ObjectType | undefined {
    return TYPES[(this.#notes[number] ?? 0) & TYPE_BITS];
  }

  /** The type of a whole object; does not give a number to one that is not known. */
  typeIfKnown(id: ObjectId): ObjectType | undefined {
    const number = this.#ids.find(id);
    return number < 0 ? undefined : this.typeOf(number);
  }

  /** Notes that a whole copy of an object has been read. */
  add(id: ObjectId, type: ObjectType): void {
    const number = this.numberOf(id);
    if (this.typeOf(number) !== undefined) return;
    this.#whole += 1;
    this.mark(number, TYPES.indexOf(type));
  }

  /** Whether an object has a note. */
  has(number: number, note: number): boolean {
    return ((this.#notes[number] ?? 0) & note) !== 0;
  }

  /** Adds notes. */
  mark(number: number, notes: number): void {
    this.#notes[number] = (this.#notes[number] ?? 0) | notes;
  }

  /** Takes notes away. */
  unmark(number: number, notes: number): void {
    this.#notes[number] = (this.#notes[number] ?? 0) & ~notes;
  }
}
