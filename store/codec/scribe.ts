import type { PartWriter } from './part-write.ts';
import type { PathStep } from './path.ts';
import type { Holder } from './skeleton.ts';

/** What the encoder of one family of values may use. */
export interface Scribe {
  readonly parts: PartWriter;
  /** Nothing will be stored: only whether it could be is asked. */
  readonly isTrial: boolean;
  /** Encodes a value into a field of a skeleton node; `step` leads to it from the value being encoded. */
  put(holder: Holder, key: string | number, value: unknown, step: PathStep): void;
  /** Encodes all own enumerable properties of an object into a node, except those in `without`. */
  putProperties(holder: Holder, source: object, without?: readonly string[]): void;
  /** Whether a value could be stored; says nothing of why not. Costs as much as encoding it. */
  isStorable(value: unknown): boolean;
  /** Throws the {@link UnstorableError} for the value being encoded, or for something a step away. */
  fail(reason: string, step?: PathStep): never;
}
