import {
  artifactsByName,
  type ObjectId,
  OxbowError,
  type Repository,
  type RunReader,
  readRun,
  runIds,
  type TreeEntry,
} from '#store';
import { type Graph, topologicalOrder } from '../graph/graph.ts';
import type { TaskKey } from '../graph/plan.ts';
import type { CodeDigests } from '../load/code-digests.ts';
import { EarlierRun } from './earlier-run.ts';
import { Present } from './present.ts';
import { Takeover } from './takeover.ts';

/** How many earlier runs are searched for tasks to reuse. */
const RECENT = 10;

/** The latest runs of a flow, newest first. */
export function recentRuns(repository: Repository, flow: string): EarlierRun[] {
  return runIds(repository, flow)
    .slice(-RECENT)
    .reverse()
    .flatMap((id) => {
      const reader = readable(repository, flow, id);
      return reader ? [new EarlierRun(reader)] : [];
    });
}

/** Undefined for a run that is gone since it was listed, or that cannot be read: nothing of it is reused. */
function readable(repository: Repository, flow: string, id: string): RunReader | undefined {
  try {
    const reader = readRun(repository, flow, id);
    return reader && reader.record.id === id ? reader : undefined;
  } catch (error) {
    if (error instanceof OxbowError) return undefined;
    throw error;
  }
}

/** What a takeover is made for. */
export interface TakeoverSource {
  readonly repository: Repository;
  readonly graph: Graph;
  readonly runs: readonly EarlierRun[];
  readonly parameters: readonly TreeEntry[];
  readonly constants: readonly TreeEntry[];
  readonly code: CodeDigests;
  /** Runs are reused, and none is resumed. */
  readonly isReuse: boolean;
  readonly optedOut: ReadonlySet<string>;
  /** The step that is to run again, with all that follow it. */
  readonly step?: string | undefined;
}

/** Makes a takeover, once it is known how the artifacts of the run's own tasks are found. */
export type MakeTakeover = (artifactsOf: (task: TaskKey) => ObjectId | undefined) => Takeover;

/** The takeover of a run. */
export const takeoverOf =
  ({
    repository,
    graph,
    runs,
    parameters,
    constants,
    code,
    isReuse,
    optedOut,
    step,
  }: TakeoverSource): MakeTakeover =>
  (artifactsOf) => {
    const present = new Present({
      repository,
      parameters: artifactsByName(parameters),
      constants: artifactsByName(constants),
      artifactsOf,
    });
    const asked = step === undefined ? new Set<string>() : fromStep(graph, step);
    return new Takeover(runs, present, {
      graph,
      asked,
      optedOut,
      code,
      isReuse,
      ...(step === undefined ? {} : { askedFrom: step }),
    });
  };

/** A step and all that may follow it. */
export function fromStep(graph: Graph, step: string): Set<string> {
  const steps = new Set([step]);
  for (const one of steps) for (const next of graph.steps.get(one)?.next ?? []) steps.add(next);
  return steps;
}

/** The last step from which all of these are reached, `start` if there is no other: where to run again to execute them all. */
export function stepBefore(graph: Graph, steps: ReadonlySet<string>): string {
  const reaches = ({ name }: { readonly name: string }): boolean => {
    const from = fromStep(graph, name);
    return [...steps].every((step) => from.has(step));
  };
  return topologicalOrder(graph).findLast(reaches)?.name ?? 'start';
}
