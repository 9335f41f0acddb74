// oxbow: everything a flow author or a script needs, put together from the layers.
import { connect, type Run as RunOf, resumeOrigin } from '#client';
import { FlowRunner, setCommandLine } from '#core';

// Reading runs.
export {
  AddressError,
  AmbiguousRunError,
  ArgumentError,
  Artifact,
  type ConnectOptions,
  connect,
  type DataOf,
  defaultNamespace,
  Flow,
  Flows,
  getNamespace,
  NamespaceError,
  NotFoundError,
  namespace,
  Run,
  type Status,
  Step,
  type StoreClient,
  TagError,
  Task,
} from '#client';
// Writing flows.
// Running flows from code.
export {
  type AnyFlow,
  type ArtifactFileOptions,
  artifactFile,
  type CatchErrorOptions,
  Config,
  type ConfigOptions,
  catchError,
  current,
  DecoratorError,
  type EnvironmentOptions,
  type ErrorVerdict,
  environment,
  type FileSource,
  FlowProblemsError,
  FlowSpec,
  type ForeachFrame,
  IncludeFile,
  type IncludeFileOptions,
  type Input,
  type Inputs,
  JSONType,
  LoadFlowError,
  type MergeOptions,
  Parameter,
  ParameterError,
  type ParameterOptions,
  type ParameterProblem,
  type Problem,
  type ResourcesOptions,
  type RetryOptions,
  type RunEvent,
  type Running,
  type RunOptions,
  resources,
  retry,
  type StepContext,
  type StepDecorator,
  type StepHooks,
  step,
  stepDecorator,
  TimeoutError,
  type TimeoutOptions,
  timeout,
  withConfig,
} from '#core';

// What all errors are, and values of classes of one's own.
export {
  ArtifactFile,
  type ClassCodec,
  NoStoreError,
  NotAStoreError,
  OxbowError,
  registerCodec,
  StoreAccessError,
  UnstorableError,
} from '#store';

/** Runs a flow from code: `const run = await new Runner('file.ts').run({ suffix: 'x' })`. Prints nothing. */
export class Runner extends FlowRunner<RunOf> {
  protected override open(store: string, run: string): RunOf {
    // Whoever ran it may look at it, whatever namespace is in force.
    return connect({ store, namespace: null }).Run(run);
  }

  protected override find(store: string, flow: string, address: string | undefined): string {
    return resumeOrigin(flow, { store, address });
  }
}

setCommandLine(async (file, words) => (await import('./tui/main.ts')).runFile(file, words));
