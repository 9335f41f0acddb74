import { resolve } from 'node:path';
import { findStore, type RunRecord } from '#store';
import { loadFlow, runFlow } from '../engine.ts';
import { FlowClassError } from '../errors.ts';
import { fileOfClass } from '../flow/class-file.ts';
import { type FlowClass, FlowFound, isFlowClass, MAIN, type MainHolder } from '../flow/flow-spec.ts';
import { cacheFolder } from '../load/cache-folder.ts';
import type { ResumeOptions, RunOptions } from '../run-options.ts';
import { Running, type RunReports } from './running.ts';

/**
 * Runs a flow from code and prints nothing. What `run` gives back is opened by the layer above, which knows how runs are
 * read: `R` is its handle on a run. Any number of runs may go on at a time; they change nothing of the process they are started in.
 */
export abstract class FlowRunner<R, P extends object = Readonly<Record<string, unknown>>> {
  readonly #file: string;
  readonly #flow: FlowClass | undefined;
  readonly #options: RunOptions;

  /**
   * `flow` is a file, which may be `file.ts#ClassName`, or the class itself, which its file must export; `options` hold for every run started
   * from this runner. Throws FlowClassError when the file of a class is not known.
   */
  constructor(flow: string | object, options: RunOptions = {}) {
    this.#flow = isFlowClass(flow) ? flow : undefined;
    // The working folder may be another one when the flow is run.
    this.#file = resolve(typeof flow === 'string' ? flow : fileOf(flow));
    this.#options = options;
  }

  /** Opens a run, given as `Flow/id`, of the store in a folder. */
  protected abstract open(store: string, run: string): R;

  /** The run of a flow that an address names, its latest one without an address: as `Flow/id`. */
  protected abstract find(store: string, flow: string, address: string | undefined): string;

  /**
   * Runs the flow with these parameters. Resolves with a handle on the run when it has ended, also when it failed: ask the
   * handle. Rejects with LoadFlowError, FlowProblemsError or ParameterError when the run cannot begin.
   */
  run(parameters?: P, options: RunOptions = {}): Promise<R> {
    this.#stayIdleWhileLoading();
    return this.#perform(parameters, options);
  }

  /**
   * Goes on with an earlier run of the flow, its latest or the one at `origin`, in a new one: takes over what that has finished and executes
   * the rest with the code as it is now. Parameters keep their values unless they are given anew. Resolves and rejects as {@link run},
   * and with ResumeError when there is nothing to go on from.
   */
  async resume(
    parameters?: P,
    { origin, step, cloneOnly, ...options }: RunOptions & Partial<ResumeOptions> = {},
  ): Promise<R> {
    const all = { ...this.#options, ...options };
    const store = findStore(all) ?? resolve('.flow');
    const { graph } = await loadFlow(this.#file, cacheFolder(), all);
    const resume = { origin: this.find(store, graph.flow, origin), step, cloneOnly };
    return this.#perform(parameters, { ...options, store, resume });
  }

  /**
   * Starts a run and gives what there is of it at once: its events as an async iterable, its handle as soon as it exists, and its
   * end. `const running = runner.start({ suffix: 'x' }); for await (const event of running) …; const run = await running`.
   */
  start(parameters?: P, options: RunOptions = {}): Running<R> {
    this.#stayIdleWhileLoading();
    return new Running((reports) => this.#perform(parameters, options, reports));
  }

  /** A file may define a flow and run it: where the engine loads the file, in this process or another, the class is all it is after. */
  #stayIdleWhileLoading(): void {
    const isLoading = this.#flow && (globalThis as MainHolder)[MAIN]?.(this.#flow);
    if (isLoading) throw new FlowFound();
  }

  async #perform(parameters: P | undefined, options: RunOptions, reports?: RunReports<R>): Promise<R> {
    const all = { ...this.#options, ...options };
    // Found before anything is waited for: the working folder may be another one then.
    let store = findStore(all) ?? resolve('.flow');
    const record: RunRecord = await runFlow(
      this.#file,
      { ...parameters },
      {
        ...all,
        store,
        onEvent: (event) => {
          if (event.type === 'run-started') {
            store = event.store;
            reports?.onRun(this.open(store, `${event.flow}/${event.runId}`));
          }
          reports?.onEvent(event);
          return all.onEvent?.(event);
        },
      },
    );
    return this.open(store, `${record.flow}/${record.id}`);
  }
}

/** A class as the engine loads it: by its file and name. */
function fileOf(flow: object): string {
  const file = isFlowClass(flow) ? fileOfClass(flow) : undefined;
  const name = typeof flow === 'function' ? flow.name.replace(/^_/, '') : '';
  if (file === undefined || name === '') throw new FlowClassError(name);
  return `${file}#${name}`;
}
