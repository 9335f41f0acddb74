// core: the engine — how a flow is written, read, judged and run.

// What a flow author uses.
export { type ArtifactFileOptions, artifactFile, type FileSource } from './artifact-file.ts';
// What runs and shows flows.
export { cacheFolder } from './cache-folder.ts';
export { type CommandLine, setCommandLine } from './command-line.ts';
export { current, NoCurrentTaskError } from './current.ts';
export { step } from './decorators.ts';
export { startWorker } from './early-worker.ts';
export { loadFlow, runFlow } from './engine.ts';
export * from './errors.ts';
export type * from './events.ts';
export { FlowSpec } from './flow-spec.ts';
export { type Graph, type StepNode, topologicalOrder } from './graph.ts';
export type { Input, Inputs } from './inputs.ts';
export { lint } from './lint.ts';
export type { LoadedFlow } from './load-flow.ts';
export { type FlowParameter, foldName, optionName, variableName } from './parameter-values.ts';
export {
  IncludeFile,
  type IncludeFileOptions,
  JSONType,
  Parameter,
  type ParameterOptions,
} from './parameters.ts';
export type { RunOptions } from './run-options.ts';
export { FlowRunner } from './runner.ts';
export type { ForeachFrame, MergeOptions } from './task-state.ts';
export { version } from './version.ts';
