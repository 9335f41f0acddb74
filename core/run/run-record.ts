import { relative } from 'node:path';
import {
  environment,
  freshTimeStamp,
  type GraphRecord,
  newRunId,
  type RunRecord,
  SCHEMA_VERSION,
  thisProcess,
} from '#store';
import { decoratorRecords } from '../flow/step-policy.ts';
import { topologicalOrder } from '../graph/graph.ts';
import type { LoadedFlow } from '../load/load-flow.ts';
import { version } from '../version.ts';

/** What of a run is not the flow's. */
export interface RunFacts {
  readonly tags: readonly string[];
  /** The flow's file within its code. */
  readonly entry: string;
  /** Folder of the store. */
  readonly store: string;
  /** The run that is resumed, as `Flow/id`. */
  readonly origin: string | undefined;
  /** The task that is executed once more, as `Flow/run/step/task`. */
  readonly spinOf: string | undefined;
}

/** The record of a run that begins now, under a new id. */
export function newRecord(
  { flow, parameters, configs, bundle }: LoadedFlow,
  { tags, entry, store, origin, spinOf }: RunFacts,
): RunRecord {
  const now = new Date(freshTimeStamp());
  const user = environment.user;
  const files = parameters.filter(({ declaration }) => declaration.file !== undefined);
  const systemTags = [
    `oxbow_version:${version}`,
    `node_version:${process.versions.node}`,
    'runtime:dev',
    `user:${user}`,
  ];
  return {
    schema: SCHEMA_VERSION,
    flow: flow.name,
    id: newRunId(now),
    status: 'running',
    createdAt: now.toISOString(),
    user,
    process: thisProcess(),
    versions: { oxbow: version, node: process.versions.node },
    // A system tag is there anyway.
    tags: [...new Set(tags)].filter((tag) => !systemTags.includes(tag)),
    systemTags,
    ...(origin === undefined ? {} : { origin }),
    ...(spinOf === undefined ? {} : { spinOf }),
    code: { entry, file: relative(store, bundle.entry).replaceAll('\\', '/'), class: flow.name },
    parameters: parameters.map(({ field }) => field),
    ...(configs.length > 0 ? { configs: configs.map(({ field }) => field) } : {}),
    ...(files.length > 0 ? { files: files.map(({ field }) => field) } : {}),
    totals: { tasks: 0, failed: 0 },
  };
}

/** graph.json of a flow; places are given by path within code/. */
export function graphRecord(
  { graph, bundle }: Pick<LoadedFlow, 'graph' | 'bundle'>,
  entry: string,
): GraphRecord {
  const root = bundle.entry.slice(0, bundle.entry.length - entry.length);
  const { flow, doc } = graph;
  return {
    flow,
    ...(doc ? { doc } : {}),
    steps: topologicalOrder(graph).map(
      ({ name, kind, join, next, variable, cases, options, decorators, doc, place }) => ({
        name,
        kind,
        join,
        next,
        ...(variable === undefined ? {} : { variable }),
        ...(cases ? { cases } : {}),
        ...(Object.keys(options).length > 0 ? { options: { ...options } } : {}),
        ...(decorators.length > 0 ? { decorators: decoratorRecords(decorators) } : {}),
        ...(doc ? { doc } : {}),
        ...(place
          ? {
              file: place.file.startsWith(root) ? place.file.slice(root.length) : place.file,
              line: place.line,
            }
          : {}),
      }),
    ),
  };
}
