import type { PartWriter } from './part-write.ts';
import type { PathStep } from './path.ts';
import type { Holder } from './skeleton.ts';

/** What the encoder of one family of values may use. */
export interface Scribe {
  readonly parts: PartWriter;
  /** Encodes a value into a field of a skeleton node; `step` leads to it from the value being encoded. */
  put(holder: Holder, key: string | number, value: unknown, step: PathStep): void;
  /** Encodes all own enumerable properties of an object into a node, except those in `without`. */
  putProperties(holder: Holder, source: object, without?: readonly string[]): void;
  /** Throws when an object has enumerable symbols for keys. */
  refuseSymbolKeys(source: object): void;
  /** As {@link put}, but a value that cannot be stored as a whole leaves no trace, and false is returned. */
  attempt(holder: Holder, key: string | number, value: unknown, step: PathStep): boolean;
  /** Says how to take something back, should it turn out to be part of a value that cannot be stored. */
  onTakeBack(undo: () => void): void;
  /** What was read of a very long array of numbers, if it was. */
  numbersOf(list: object): Float64Array<ArrayBuffer> | undefined;
  /** The way to the value being encoded, for what turns out later. */
  readonly steps: readonly PathStep[];
  /** Throws the {@link UnstorableError} for the value being encoded, or for something a step away. */
  fail(reason: string, step?: PathStep | readonly PathStep[]): never;
}
