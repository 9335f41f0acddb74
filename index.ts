// oxbow: everything a flow author or a script needs, put together from the layers.
import { connect, type DataFor, type FlowFor, type Run as RunOf, resumeOrigin } from '#client';
import { FlowRunner, type ParametersFor, type RunOptions, setCommandLine } from '#core';

// Reading runs.
export {
  AddressError,
  AmbiguousRunError,
  ArgumentError,
  Artifact,
  type Comparable,
  type ConnectOptions,
  connect,
  type DataOf,
  type Diff,
  type DiffDocument,
  type DiffOptions,
  defaultNamespace,
  diff,
  ExpressionError,
  Flow,
  Flows,
  getNamespace,
  NamespaceError,
  NotFoundError,
  namespace,
  type Plot,
  type PlotData,
  PlotError,
  type PlotKind,
  type PlotSpec,
  plot,
  type RasterOptions,
  Run,
  type Runs,
  type Status,
  Step,
  type StoreClient,
  type SvgOptions,
  statistics,
  TagError,
  Task,
  type TerminalOptions,
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

/**
 * Runs a flow from code: `const run = await new Runner('file.ts').run({ suffix: 'x' })`. Given a class, `new Runner(ForeachFlow)`, the compiler
 * checks the parameters and knows the data of the run; with a file, `new Runner<typeof ForeachFlow>('file.ts')` does the same. Prints nothing.
 */
export class Runner<C extends object = never> extends FlowRunner<
  RunOf<DataFor<C>, FlowFor<C>>,
  ParametersFor<C>
> {
  /** `flow` is the flow's class, or its file, which may be `file.ts#ClassName`. Throws FlowClassError when the file of a class is not known. */
  constructor(flow: C, options?: RunOptions);
  constructor(file: string, options?: RunOptions);
  constructor(flow: string | C, options?: RunOptions) {
    super(flow, options);
  }

  protected override open(store: string, run: string): RunOf<DataFor<C>, FlowFor<C>> {
    // Whoever ran it may look at it, whatever namespace is in force.
    return connect({ store, namespace: null }).Run(run) as RunOf<DataFor<C>, FlowFor<C>>;
  }

  protected override find(store: string, flow: string, address: string | undefined): string {
    return resumeOrigin(flow, { store, address });
  }
}

setCommandLine(async (file, words) => (await import('./tui/main.ts')).runFile(file, words));
