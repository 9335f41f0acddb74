import type { ArtifactReader, RunBrief, RunReader, TaskReader } from '#store';
import type { Connection } from './connection.ts';
import type { Artifact, Flow, Run, Step, Task } from './objects.ts';
import type { ValuePath } from './value-path.ts';

// What the objects of the client offer each other beyond what they show. Every Run, Step, Task and Artifact that the client gives has it.

/** A flow. */
export interface InnerFlow<D = unknown> extends Flow<D> {
  /** The run of an id, unchecked. */
  run(id: string): InnerRun<D>;
  /** User tags of its runs that have some, by id, as they are now. */
  tagTable(): ReadonlyMap<string, readonly string[]>;
  /** Says that many of its runs will be looked at, so that what is kept of them is read at once. */
  expectMany(): void;
  /** Another flow of the store. */
  sibling(name: string): InnerFlow;
}

/** A run. */
export interface InnerRun<D = unknown> extends Run<D> {
  readonly connection: Connection;
  /** The run as it stands now. */
  readonly reader: RunReader;
  /** What its record says in short: quicker than the whole for those who look at many runs. */
  readonly brief: RunBrief;
  /** The value at a place such as `end/0/loss`, by `read` unless it is kept of an earlier look. */
  kept(place: string, read: () => unknown): unknown;
  step(name: string): InnerStep<D>;
  /** A parameter or constant. Throws NotFoundError. */
  input(kind: 'parameters' | 'constants', name: string, path?: ValuePath): InnerArtifact;
}

/** A step. */
export interface InnerStep<D = unknown> extends Step<D> {
  /** The task at a position. Throws NotFoundError. */
  taskAt(id: string): InnerTask<D>;
}

/** A task. */
export interface InnerTask<D = unknown> extends Task<D> {
  readonly reader: TaskReader;
  /** One artifact, hidden ones too. Throws NotFoundError. */
  artifact(name: string, path?: ValuePath): InnerArtifact;
}

/** An artifact. */
export interface InnerArtifact extends Artifact {
  /** What is stored of it, the whole artifact whatever the path. */
  readonly reader: ArtifactReader;
}
