import type { ObjectId } from '../ids.ts';

/** Something wrong with a file of the store. */
export interface FileDamage {
  /** Path within the store; that of a file of another store from which this one borrows is whole. */
  readonly file: string;
  /** The object, when one is hit. */
  readonly id?: ObjectId;
  readonly problem: string;
}

/** Something wrong with what a run or a ref needs. */
export interface Hit {
  /** `Flow/run/step/task/artifact`, as far as it is known; or the name of a ref or a file. */
  readonly address: string;
  readonly problem: string;
  /** The object at fault, when it is one. */
  readonly id?: ObjectId;
}
