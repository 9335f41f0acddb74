import { readFileSync } from 'node:fs';
import { holdRuns, openStore, type Repository, type RunWriter } from '#store';
import { stepMark, stepMethods } from '../flow/steps.ts';
import { cacheFolder } from '../load/cache-folder.ts';
import { type CodeDigests, codeDigests } from '../load/code-digests.ts';
import { inputValues } from '../load/input-values.ts';
import { type LoadedFlow, loadFlow } from '../load/load-flow.ts';
import { assertSound } from '../load/problems.ts';
import { type StoredInputs, storeInputs } from '../load/store-inputs.ts';
import type { RunOptions } from '../run-options.ts';
import type { Surroundings } from '../surroundings.ts';
import type { EarlierRun } from '../takeover/earlier-run.ts';
import { keptConfigs, keptParameters, openOrigin } from '../takeover/origin.ts';
import { type Preview, previewOf } from '../takeover/preview.ts';
import { type MakeTakeover, recentRuns, takeoverOf } from '../takeover/sources.ts';
import { openSpun, type SpunTask, spunTask } from './spun-task.ts';

/** All that is known before a run is recorded. */
export interface Prepared {
  readonly loaded: LoadedFlow;
  readonly options: RunOptions;
  /** The run that is resumed, or a task of which is executed once more. */
  readonly origin: EarlierRun | undefined;
  /** That task. */
  readonly spun: SpunTask | undefined;
  readonly stored: StoredInputs;
  /** Values of the secret parameters, by field. */
  readonly secrets: ReadonlyMap<string, unknown>;
  readonly digests: CodeDigests;
}

/**
 * Loads and judges a flow, finds the values of its configs and parameters and, for a resumed run, the origin. Throws what `runFlow` throws
 * before a run begins.
 */
export async function preparation(
  flow: string | LoadedFlow,
  parameters: Readonly<Record<string, unknown>>,
  { surroundings, ...options }: RunOptions & { readonly surroundings: Surroundings },
): Promise<Prepared> {
  const { configs = {}, configFiles = {}, resume, spin } = options;
  const given = { configs, configFiles, surroundings };
  const load = (name: string, more = {}) => loadFlow(name, cacheFolder(), { ...given, ...more });
  let loaded = typeof flow === 'string' ? await load(flow) : flow;
  assertSound(loaded);
  const origin = resume
    ? openOrigin(loaded.graph, resume, options)
    : spin && openSpun(loaded.graph, spin, options);
  const configsKept = origin && keptConfigs(loaded.configs, given, origin);
  // Configs are known before anything else of a flow is.
  if (configsKept && configsKept.size > 0)
    loaded = await load(`${loaded.bundle.entry}#${loaded.flow.name}`, { keptConfigs: configsKept });
  const { environment } = surroundings;
  const kept = origin && keptParameters(loaded.parameters, { values: parameters, environment }, origin);
  const values = await inputValues(loaded, parameters, { ...surroundings, ...(kept ? { kept } : {}) });
  const digests = codeDigests(loaded.flow, readFileSync(loaded.bundle.file, 'utf8'));
  const spun = spin && origin && spunTask(origin, loaded.graph, spin);
  const isSecret = ([field]: readonly [string, unknown]): boolean =>
    loaded.parameters.some((one) => one.field === field && one.declaration.options.secret === true);
  const secrets = new Map([...values].filter(isSecret));
  const open = new Map([...values].filter((entry) => !isSecret(entry)));
  return { loaded, options, origin, spun, stored: storeInputs(loaded, open), secrets, digests };
}

/** The runs that tasks may be taken over from: the origin, or those to be reused. */
const earlierRuns = (repository: Repository, { loaded, options, origin }: Prepared): EarlierRun[] =>
  origin ? [origin] : options.reuse ? recentRuns(repository, loaded.graph.flow) : [];

/** What the run can take over from earlier ones. */
function takeoverIn(
  repository: Repository,
  { loaded, options, origin, stored, digests }: Prepared,
  runs: readonly EarlierRun[],
): MakeTakeover {
  const { graph } = loaded;
  const { parameters, constants } = stored;
  const how = { code: digests, isReuse: !origin, step: options.resume?.step, optedOut: optedOut(loaded) };
  return takeoverOf({ repository, graph, runs, parameters, constants, ...how });
}

/** A run points at what it takes over only when it is recorded, and until then the runs that have it may be deleted: `run`, as `Flow/id`, holds them. */
export function heldTakeover(repository: Repository, prepared: Prepared, run: string): MakeTakeover {
  const runs = earlierRuns(repository, prepared);
  holdRuns(repository, run, runs);
  const there = runs.filter((run) => run.isThere);
  if (prepared.origin && there.length === 0) throw prepared.origin.gone();
  return takeoverIn(repository, prepared, there);
}

/** A spin, the run of `writer`, points at what its task sees: that stays, whatever becomes of the run it is of. */
export function takeInputs(writer: RunWriter, repository: Repository, { origin, spun }: Prepared): void {
  if (!origin || !spun) return;
  const { flow, id } = writer.record;
  holdRuns(repository, `${flow}/${id}`, [origin]);
  if (!origin.isThere) throw origin.gone();
  for (const { record, tree } of spun.inputs) writer.takeOver({ record, tree, from: origin.name });
}

function optedOut({ flow }: LoadedFlow): Set<string> {
  const steps = [...stepMethods(flow)].filter(([, method]) => stepMark(method)?.options.reuse === false);
  return new Set(steps.map(([name]) => name));
}

/** The widest foreach that is run unless told otherwise. */
export const MAX_SPLITS = 100_000;

/** Foretells what a run would take over from earlier ones, and what it would execute. Throws as `runFlow`. */
export async function previewRun(
  flow: LoadedFlow,
  parameters: Readonly<Record<string, unknown>>,
  options: RunOptions & { readonly surroundings: Surroundings },
): Promise<Preview> {
  const prepared = await preparation(flow, parameters, options);
  const repository = openStore({ store: options.store });
  for (const object of prepared.stored.objects) repository.hold(object);
  return previewOf(
    prepared.loaded.graph,
    takeoverIn(repository, prepared, earlierRuns(repository, prepared)),
    options.maxNumSplits ?? MAX_SPLITS,
  );
}
