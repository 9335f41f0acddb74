import { ArtifactReader, isRunAlive, openStore, readRun } from '#store';
import { ResumeError, RunOptionError } from '../errors.ts';
import type { FlowConfig } from '../flow/configs.ts';
import { type FlowParameter, foldName } from '../flow/parameter-names.ts';
import type { Graph } from '../graph/graph.ts';
import { configVariables } from '../load/config-values.ts';
import type { GivenToFlow } from '../load/load-flow.ts';
import { givenFields } from '../load/parameter-values.ts';
import type { ResumeOptions } from '../run-options.ts';
import { EarlierRun } from './earlier-run.ts';

/** Opens the run that is resumed. Throws ResumeError when it is not there, is another flow's, or goes on; RunOptionError; NoStoreError. */
export function openOrigin(
  graph: Graph,
  { origin, step }: ResumeOptions,
  { store }: { readonly store?: string | undefined },
): EarlierRun {
  const [flow = '', id = ''] = origin.split('/');
  if (flow !== graph.flow)
    throw new ResumeError(origin, `is a run of ${flow}, but the file holds the flow ${graph.flow}.`);
  if (step !== undefined && !graph.steps.has(step)) {
    const steps = [...graph.steps.keys()].join(', ');
    throw new RunOptionError('step', `is "${step}", which ${flow} does not have. Its steps: ${steps}.`);
  }
  const reader = readRun(openStore({ store }), flow, id);
  if (!reader) throw new ResumeError(origin, 'is not in the store. `flow runs` lists the runs there are.');
  const { status, process, spinOf } = reader.record;
  if (spinOf !== undefined)
    throw new ResumeError(origin, `is a spin of ${spinOf}, one task alone. Resume the run of that task.`);
  if (status === 'running' && isRunAlive(reader.repository.path, reader.record) === true)
    throw new ResumeError(origin, `is still running (pid ${process.pid}). Wait for it, or stop it first.`);
  return new EarlierRun(reader);
}

/** Values of the parameters that are not given anew: those they had, by field. */
export function keptParameters(
  parameters: readonly FlowParameter[],
  given: Parameters<typeof givenFields>[1],
  origin: EarlierRun,
): Map<string, unknown> {
  const anew = givenFields(parameters, given);
  return valuesIn(
    origin,
    parameters.map(({ field }) => field).filter((field) => !anew.has(field)),
  );
}

/** Values of the configs that are not given anew: those they had, by field. */
export function keptConfigs(
  configs: readonly FlowConfig[],
  { configs: values, configFiles, surroundings }: GivenConfigs,
  origin: EarlierRun,
): Map<string, unknown> {
  const anew = new Set([...Object.keys(values), ...Object.keys(configFiles)].map(foldName));
  const kept = configs.filter(({ field, declaration }) => {
    const variables = Object.values(configVariables(declaration.name));
    const isGiven = [field, declaration.name].some((name) => anew.has(foldName(name)));
    return !isGiven && !variables.some((name) => surroundings.environment[name] !== undefined);
  });
  return valuesIn(
    origin,
    kept.map(({ field }) => field),
  );
}

type GivenConfigs = Required<Pick<GivenToFlow, 'configs' | 'configFiles' | 'surroundings'>>;

function valuesIn({ reader }: EarlierRun, fields: readonly string[]): Map<string, unknown> {
  const entries = reader.parameters();
  const values = new Map<string, unknown>();
  for (const field of fields) {
    const entry = entries.get(field);
    if (entry) values.set(field, new ArtifactReader(reader.repository, entry).load());
  }
  return values;
}
