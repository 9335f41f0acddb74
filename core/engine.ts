// The heavy end of this layer: what runs and loads flows is itself loaded when it is first used, since every script that only
// reads runs, and every worker, imports the same front door.
import type { RunRecord } from '#store';
import type { ParameterProblem, Problem } from './errors.ts';
import type { GivenToFlow, LoadedFlow } from './load/load-flow.ts';
import type { RunOptions } from './run-options.ts';
import { surroundings } from './surroundings.ts';
import type { Preview } from './takeover/preview.ts';

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
  // As they are when the run is asked for: the caller may change folder while modules load.
  const around = surroundings();
  return (await import('./run/run.ts')).runFlow(flow, parameters, { ...options, surroundings: around });
}

/**
 * Loads a flow: `file.ts`, or `file.ts#ClassName` when the file holds several. `cache` is a folder for compiled code, `given` what its
 * configs are given. Throws LoadFlowError; what is wrong with the flow itself is told by {@link problemsOf}.
 */
export async function loadFlow(name: string, cache: string, given?: GivenToFlow): Promise<LoadedFlow> {
  return (await import('./load/load-flow.ts')).loadFlow(name, cache, given);
}

/** Every problem of a flow that can be told before it is run: of its graph, its fields and its constants. */
export async function problemsOf(flow: LoadedFlow): Promise<Problem[]> {
  return (await import('./load/problems.ts')).problemsOf(flow);
}

/** Throws FlowProblemsError with all problems of a flow's graph and fields when it has any. */
export async function assertSound(flow: LoadedFlow): Promise<void> {
  (await import('./load/problems.ts')).assertSound(flow);
}

/** Every problem of what a flow's configs and parameters are given, these by name; none when a run can begin with it. */
export async function valueProblems(
  flow: LoadedFlow,
  parameters: Readonly<Record<string, unknown>>,
): Promise<readonly ParameterProblem[]> {
  return (await import('./load/input-values.ts')).valueProblems(flow, parameters, surroundings());
}

/**
 * Foretells what a run with these options would take over from earlier runs, and what it would execute and why. Throws as {@link runFlow};
 * nothing is executed or written.
 */
export async function previewRun(
  flow: LoadedFlow,
  parameters: Readonly<Record<string, unknown>>,
  options: RunOptions,
): Promise<Preview> {
  return (await import('./run/preparation.ts')).previewRun(flow, parameters, {
    ...options,
    surroundings: surroundings(),
  });
}
