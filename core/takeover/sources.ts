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
import type { Graph } from '../graph/graph.ts';
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
  /** Set when runs are reused; not when one is resumed. */
  readonly code?: CodeDigests;
  readonly optedOut: ReadonlySet<string>;
  /** The step that is to run again, with all that follow it. */
  readonly step?: string | undefined;
}

/** Makes a takeover, once it is known how the artifacts of the run's own tasks are found. */
export type MakeTakeover = (artifactsOf: (task: TaskKey) => ObjectId | undefined) => Takeover;

/** The takeover of a run. */
export const takeoverOf =
  ({ repository, graph, runs, parameters, constants, code, optedOut, step }: TakeoverSource): MakeTakeover =>
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
      ...(step === undefined ? {} : { askedFrom: step }),
      ...(code ? { code } : {}),
    });
  };

/** A step and all that may follow it. */
export function fromStep(graph: Graph, step: string): Set<string> {
  const steps = new Set([step]);
  for (const one of steps) for (const next of graph.steps.get(one)?.next ?? []) steps.add(next);
  return steps;
}
