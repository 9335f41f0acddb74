import type { PartReader } from './part-read.ts';
import type { Node } from './skeleton.ts';

/** What the decoder of one tag may use. */
export interface Scholar {
  readonly artifact: string;
  readonly parts: PartReader;
  /** Whether instances of unregistered classes become plain data. */
  readonly plainClasses: boolean;
  /** The value of a node inside. */
  child(node: Node | undefined): unknown;
  /** Says which object the node being decoded becomes, before its content is decoded: the content may refer to it. */
  claim<T extends object>(object: T): T;
  /** Throws an {@link ArtifactCorruptError} for the skeleton. */
  corrupt(problem: string): never;
}

/** Turns what follows a tag into a value. */
export type TagDecoder = (payload: Node, scholar: Scholar) => unknown;
