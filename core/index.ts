// core: the engine — how a flow is written, read, judged and run.

// Maintenance is neither engine nor client: it only passes through to the command line.
export {
  type ArtifactUsage,
  asksForRuns,
  cloneNote,
  fsck,
  type GcPlan,
  type GcReport,
  gc,
  type KeptRuns,
  type MaintenanceProgress,
  type MeasuredPart,
  makeFolder,
  openStore,
  type PlannedRun,
  planGc,
  type RetentionPolicy,
  type RunState,
  runUsage,
  type StoreUsage,
  selectableIn,
  storeUsage,
  strangers,
  timeStamp,
  undoGc,
} from '#store';
export { assertSound, loadFlow, previewRun, problemsOf, runFlow, valueProblems } from './engine.ts';
export * from './errors.ts';
export type * from './events.ts';
// What a flow author uses.
export { type ArtifactFileOptions, artifactFile, type FileSource } from './flow/artifact-file.ts';
export { type CommandLine, setCommandLine } from './flow/command-line.ts';
export { Config, type ConfigOptions, type FlowConfig } from './flow/configs.ts';
export { current, NoCurrentTaskError } from './flow/current.ts';
export { type StepDecorator, step } from './flow/decorators.ts';
export { FlowSpec } from './flow/flow-spec.ts';
export type { Input, Inputs } from './flow/inputs.ts';
export { isSchema, kindOf, type ParameterKind } from './flow/parameter-kind.ts';
export { type FlowParameter, foldName, optionName, variableName } from './flow/parameter-names.ts';
export type { ParametersFor } from './flow/parameter-types.ts';
export {
  IncludeFile,
  type IncludeFileOptions,
  JSONType,
  Parameter,
  type ParameterOptions,
} from './flow/parameters.ts';
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
} from './flow/step-decorators.ts';
export {
  type AnyFlow,
  type ErrorVerdict,
  type StepContext,
  type StepHooks,
  stepDecorator,
} from './flow/step-hooks.ts';
export type { StepOptions } from './flow/step-options.ts';
export type { ForeachFrame, MergeOptions } from './flow/task-state.ts';
export { type Graph, type StepNode, topologicalOrder } from './graph/graph.ts';
// What runs and shows flows.
export { cacheFolder } from './load/cache-folder.ts';
export { withConfig } from './load/config-decorators.ts';
export { configVariables } from './load/config-values.ts';
export type { LoadedFlow } from './load/load-flow.ts';
export { LOCK_FILES } from './load/lock-files.ts';
export { textOrFile, unsetSecrets } from './load/parameter-values.ts';
export { recordedCodeFolder } from './load/recorded-code-folder.ts';
export { isOwnCode, isOwnFile, type SealedCode } from './run/code-seal.ts';
export { assertPermitted } from './run/permission.ts';
export { FlowRunner } from './run/runner.ts';
export type { Running } from './run/running.ts';
export type { ResumeOptions, RunOptions } from './run-options.ts';
export { settled } from './settling.ts';
export type { Preview, PreviewTask } from './takeover/preview.ts';
export { stepBefore } from './takeover/sources.ts';
export * from './task/process-errors.ts';
export { version } from './version.ts';
export { adoptWorker, dropWorker } from './worker/early-worker.ts';
