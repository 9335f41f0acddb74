// core: the engine — how a flow is written, read, judged and run.

// Maintenance is neither engine nor client: it only passes through to the command line.
export {
  type ArtifactUsage,
  asksForRuns,
  fsck,
  type GcPlan,
  type GcReport,
  gc,
  type MaintenanceProgress,
  type MeasuredPart,
  openStore,
  type PlannedRun,
  planGc,
  type RetentionPolicy,
  type RunState,
  runUsage,
  storeUsage,
  undoGc,
} from '#store';
// What a flow author uses.
export { type ArtifactFileOptions, artifactFile, type FileSource } from './artifact-file.ts';
// What runs and shows flows.
export { cacheFolder } from './cache-folder.ts';
export { type CommandLine, setCommandLine } from './command-line.ts';
export { withConfig } from './config-decorators.ts';
export { configVariables } from './config-values.ts';
export { Config, type ConfigOptions, type FlowConfig } from './configs.ts';
export { current, NoCurrentTaskError } from './current.ts';
export { type StepDecorator, step } from './decorators.ts';
export { adoptWorker, dropWorker } from './early-worker.ts';
export { assertSound, loadFlow, previewRun, problemsOf, runFlow, valueProblems } from './engine.ts';
export * from './errors.ts';
export type * from './events.ts';
export { FlowSpec } from './flow-spec.ts';
export { type Graph, type StepNode, topologicalOrder } from './graph.ts';
export type { Input, Inputs } from './inputs.ts';
export type { LoadedFlow } from './load-flow.ts';
export { isSchema, kindOf, type ParameterKind } from './parameter-kind.ts';
export { type FlowParameter, foldName, optionName, variableName } from './parameter-names.ts';
export { textOrFile } from './parameter-values.ts';
export {
  IncludeFile,
  type IncludeFileOptions,
  JSONType,
  Parameter,
  type ParameterOptions,
} from './parameters.ts';
export * from './process-errors.ts';
export type { ResumeOptions, RunOptions } from './run-options.ts';
export { FlowRunner } from './runner.ts';
export type { Running } from './running.ts';
export {
  type CatchErrorOptions,
  catchError,
  type EnvironmentOptions,
  environment,
  type ResourcesOptions,
  type RetryOptions,
  resources,
  retry,
  type TimeoutOptions,
  timeout,
} from './step-decorators.ts';
export {
  type AnyFlow,
  type ErrorVerdict,
  type StepContext,
  type StepHooks,
  stepDecorator,
} from './step-hooks.ts';
export type { StepOptions } from './step-options.ts';
export type { Preview, PreviewTask } from './takeover/preview.ts';
export type { ForeachFrame, MergeOptions } from './task-state.ts';
export { version } from './version.ts';
