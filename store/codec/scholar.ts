import type { PartReader } from './part-read.ts';
import type { Node } from './skeleton.ts';

/**
 * What becomes of instances of classes this process does not have: an error; plain data, as it is stored; or the same with the name of the
 * class, as an `UnknownInstance`.
 */
export type PlainClasses = boolean | 'named';

/** What the decoder of one tag may use. */
export interface Scholar {
  readonly artifact: string;
  readonly parts: PartReader;
  /** What becomes of instances of classes this process does not have. */
  readonly plainClasses: PlainClasses;
  /** The value of a node inside. */
  child(node: Node | undefined): unknown;
  /** Says which object the node being decoded becomes, before its content is decoded: the content may refer to it. */
  claim<T extends object>(object: T): T;
  /** Throws an {@link ArtifactCorruptError} for the skeleton. */
  corrupt(problem: string): never;
}

/** Turns what follows a tag into a value. */
export type TagDecoder = (payload: Node, scholar: Scholar) => unknown;
