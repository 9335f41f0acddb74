import { type Digest, type ObjectId, type RunReader, readerOf, type TreeEntry } from '#store';
import type { InnerArtifact, InnerRun } from '../inner.ts';
import type { Artifact, Run, Task } from '../objects.ts';
import { orMissing } from '../or-missing.ts';
import type { ValuePath } from '../value-path.ts';

/** Where a value stands in a run, the same in all runs of a flow. */
export interface Place {
  /** The folder: `step` and `task`, or what holds the run's own values. */
  readonly in: 'parameters' | 'constants' | { readonly step: string; readonly task: string };
  readonly name: string;
  readonly path: ValuePath;
}

/** The run an artifact belongs to. */
export const runOfArtifact = ({ parent }: Artifact): InnerRun =>
  (parent.kind === 'run' ? parent : parent.parent.parent) as InnerRun;

/** The place of an artifact. */
export function placeOf({ parent, name, path, pathspec }: Artifact): Place {
  if (parent.kind === 'task') return { in: { step: parent.parent.id, task: parent.id }, name, path };
  return { in: pathspec.split('/')[2] === 'constants' ? 'constants' : 'parameters', name, path };
}

/** What a run has at a place; undefined when it has nothing there. Reads the trees on the way and no other. */
export function entryAt(run: RunReader, place: Place): TreeEntry | undefined {
  if (typeof place.in === 'string') return run[place.in]().get(place.name);
  return run.task(place.in.step, place.in.task)?.artifacts().get(place.name);
}

/** The artifact at a place where there is one. */
export function artifactAt(run: Run<unknown>, place: Place): InnerArtifact {
  const inner = run as InnerRun;
  if (typeof place.in === 'string') return inner.input(place.in, place.name, place.path);
  return inner.step(place.in.step).taskAt(place.in.task).artifact(place.name, place.path);
}

/** Tells values at a place of many runs apart, reading each stored value once. */
export class Identities {
  readonly #place: Place;
  readonly #known = new Map<ObjectId, Digest | undefined>();

  constructor(place: Place) {
    this.#place = place;
  }

  /** The digest of what a run has at the place; undefined when it has nothing there, or nothing at the end of the path. */
  of(run: Run<unknown>): Digest | undefined {
    const entry = entryAt((run as InnerRun).reader, this.#place);
    if (entry === undefined) return undefined;
    if (!this.#known.has(entry.id)) this.#known.set(entry.id, digestOf(artifactAt(run, this.#place)));
    return this.#known.get(entry.id);
  }
}

/** The digest of an artifact, of the part alone when it has a path; undefined when there is no such part. */
export function digestOf(artifact: InnerArtifact): Digest | undefined {
  if (artifact.path.length === 0) return artifact.reader.digest;
  return orMissing(() => readerOf(artifact.name, artifact.data).digest);
}

/** The task an artifact belongs to; undefined for a parameter or constant. */
export const taskOfArtifact = ({ parent }: Artifact): Task | undefined =>
  parent.kind === 'task' ? parent : undefined;
