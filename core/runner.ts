import { findStore, type RunRecord } from '#store';
import { runFlow } from './engine.ts';
import type { RunOptions } from './run-options.ts';

/**
 * Runs a flow from code and prints nothing. What `run` gives back is opened by the layer above, which knows how runs are
 * read: `R` is its handle on a run.
 */
export abstract class FlowRunner<R> {
  readonly #file: string;
  readonly #options: RunOptions;

  /** `file` may be `file.ts#ClassName`; `options` hold for every run started from this runner. */
  constructor(file: string, options: RunOptions = {}) {
    this.#file = file;
    this.#options = options;
  }

  /** Opens a run, given as `Flow/id`, of the store in a folder. */
  protected abstract open(store: string, run: string): R;

  /**
   * Runs the flow with these parameters. Resolves with a handle on the run when it has ended, also when it failed: ask the
   * handle. Rejects with LoadFlowError, FlowProblemsError or ParameterError when the run cannot begin.
   */
  async run(parameters: Readonly<Record<string, unknown>> = {}, options: RunOptions = {}): Promise<R> {
    const all = { ...this.#options, ...options };
    let store = findStore(all);
    const record: RunRecord = await runFlow(this.#file, parameters, {
      ...all,
      onEvent: (event) => {
        if (event.type === 'run-started') store = event.store;
        return all.onEvent?.(event);
      },
    });
    return this.open(store ?? '', `${record.flow}/${record.id}`);
  }
}
