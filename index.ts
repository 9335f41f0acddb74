// oxbow: everything a flow author or a script needs, put together from the layers.

import { connect, type Run as RunOf } from '#client';
import { FlowRunner, setCommandLine } from '#core';

export * from '#client';
export {
  current,
  FlowSpec,
  type ForeachFrame,
  IncludeFile,
  type IncludeFileOptions,
  type Input,
  type Inputs,
  JSONType,
  type MergeOptions,
  Parameter,
  type ParameterOptions,
  type RunEvent,
  type RunOptions,
  step,
} from '#core';
export { OxbowError, registerCodec } from '#store';

/** Runs a flow from code: `const run = await new Runner('file.ts').run({ suffix: 'x' })`. Prints nothing. */
export class Runner extends FlowRunner<RunOf> {
  protected override open(store: string, run: string): RunOf {
    return connect({ store }).Run(run);
  }
}

setCommandLine(async (file, words) => (await import('./tui/main.ts')).runFile(file, words));
