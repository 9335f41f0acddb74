import type { ArtifactReader, ValueView } from '#store';
import type { ValuePath } from '../value-path.ts';
import type { Detail } from './document.ts';
import type { DiffOptions } from './options.ts';

/** One of two values that are compared, read as far as the comparison has to. */
export interface ValueSide {
  /** The whole artifact: its chunks by id, its columns, its elements. */
  readonly reader: ArtifactReader;
  /** The way into the artifact; empty for the whole value. */
  readonly path: ValuePath;
  /** The value at the path, read no further than one looks. */
  readonly view: ValueView;
  /** The value at the path, whole. */
  load(): unknown;
}

/** What a comparison of two different values found. */
export interface Compared<D extends Detail | undefined> {
  /** Whether all that differs does so within the tolerance. */
  readonly isClose: boolean;
  readonly detail: D;
}

/** Compares two values of one kind. Neither is read where equal object ids say that it is equal. */
export type Comparer<D extends Detail | undefined> = (
  a: ValueSide,
  b: ValueSide,
  options: DiffOptions,
) => Compared<D>;
