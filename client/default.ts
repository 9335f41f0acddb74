import { defaultClient } from './connect.ts';
import type { UntypedData } from './data-types.ts';
import type * as objects from './objects.ts';

/** See `Flow` in objects.ts. */
export type Flow<D = UntypedData, F = unknown> = objects.Flow<D, F>;
/** See `Run` in objects.ts. */
export type Run<D = UntypedData, F = unknown> = objects.Run<D, F>;
/** See `Step` in objects.ts. */
export type Step<D = UntypedData> = objects.Step<D>;
/** See `Task` in objects.ts. */
export type Task<D = UntypedData> = objects.Task<D>;
/** See `Artifact` in objects.ts. */
export type Artifact<T = UntypedData[string]> = objects.Artifact<T>;

/** `Flow('ForeachFlow')`, or `Flow(ForeachFlow)` for typed data. Throws NotFoundError or NamespaceError. */
export const Flow = defaultClient.Flow;
/** `Flows()`: all flows that have runs in the namespace, by name. */
export const Flows = defaultClient.Flows;
/** `Run('ForeachFlow/20261122-104755-123k7')`, `Run('ForeachFlow~1')`, `Run('ForeachFlow@ok')`; typed: `Run<typeof ForeachFlow>('ForeachFlow~1')`. */
export const Run = defaultClient.Run;
/** `Step('ForeachFlow/latest/join')`. */
export const Step = defaultClient.Step;
/** `Task('ForeachFlow/latest/join/0')`. */
export const Task = defaultClient.Task;
/** `Artifact('ForeachFlow/latest/join/0/results')`, `Artifact('ForeachFlow/latest/parameters/lr')`. */
export const Artifact = defaultClient.Artifact;
/** `diff('ForeachFlow~1', 'ForeachFlow')`: what two runs, steps, tasks or artifacts differ in. See `Client.diff`. */
export const { diff } = defaultClient;
