// The heavy end of this layer: what runs and loads flows is itself loaded when it is first used, since every script that only
// reads runs, and every worker, imports the same front door.
import type { RunRecord } from '#store';
import type { LoadedFlow } from './load-flow.ts';
import type { RunOptions } from './run-options.ts';

/**
 * Runs a flow, a file or what {@link loadFlow} made of it, from `start` to `end`. Resolves with the run's record, whether it succeeded, failed or was interrupted.
 * Rejects before anything has run when the flow cannot be loaded (LoadFlowError), has problems (FlowProblemsError) or gets
 * parameters that do not fit (ParameterError); and when the store itself fails.
 */
export async function runFlow(
  flow: string | LoadedFlow,
  parameters: Readonly<Record<string, unknown>> = {},
  options: RunOptions = {},
): Promise<RunRecord> {
  return (await import('./run.ts')).runFlow(flow, parameters, options);
}

/**
 * Loads a flow: `file.ts`, or `file.ts#ClassName` when the file holds several. `cache` is a folder for compiled code.
 * Throws LoadFlowError, or FlowProblemsError when its parameters are declared wrongly; the graph is not judged.
 */
export async function loadFlow(name: string, cache: string): Promise<LoadedFlow> {
  return (await import('./load-flow.ts')).loadFlow(name, cache);
}
