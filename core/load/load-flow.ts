import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ParameterProblem, Problem } from '../errors.ts';
import type { FlowConfig } from '../flow/configs.ts';
import { constantsOf, staticProblems } from '../flow/constants.ts';
import type { FlowClass } from '../flow/flow-spec.ts';
import { immutable } from '../flow/immutable.ts';
import { declarationProblems, type FlowParameter } from '../flow/parameter-names.ts';
import type { Graph } from '../graph/graph.ts';
import { graphOf } from '../graph/read-graph.ts';
import { type Surroundings, surroundings } from '../surroundings.ts';
import { type Bundle, bundleFlow } from './bundle.ts';
import { decideDecorators } from './config-decorators.ts';
import { configProblems, configValues } from './config-values.ts';
import { type Described, describeFlow, followsFrom } from './describe-flow.ts';
import { importFlow } from './import-flow.ts';
import { sourceFinder } from './source-finder.ts';
import { unstorableFields } from './unstorable-fields.ts';

/** A flow ready to be looked at or run. */
export interface LoadedFlow {
  readonly bundle: Bundle;
  readonly flow: FlowClass;
  readonly graph: Graph;
  readonly parameters: readonly FlowParameter[];
  readonly configs: readonly FlowConfig[];
  /** The flow's constants: its static data properties. */
  readonly constants: ReadonlyMap<string, unknown>;
  /** Values of the configs by field; those that have a problem are missing. */
  readonly configValues: ReadonlyMap<string, unknown>;
  /** Parameters and configs whose values other field initialisers use. */
  readonly fieldReads: readonly string[];
  /** For each field, the parameters and configs that its initialiser uses. */
  readonly uses: ReadonlyMap<string, ReadonlySet<string>>;
  /** What is wrong with how fields and constants are declared. */
  readonly problems: readonly Problem[];
  /** What is wrong with the values given to configs: the flow can be looked at, but not run. */
  readonly valueProblems: readonly ParameterProblem[];
  /** Makes the value of a parameter known to the functions among the fields. */
  settle(field: string, value: unknown): void;
}

/** What a flow is given when it is loaded: its configs are known before its parameters. */
export interface GivenToFlow {
  /** Values of configs by name; a text is read as a file's would be. */
  readonly configs?: Readonly<Record<string, unknown>>;
  /** Files of configs by name, from the working folder. */
  readonly configFiles?: Readonly<Record<string, string>>;
  /** Values of configs that are known already, by field: those a resumed run goes on with. */
  readonly keptConfigs?: ReadonlyMap<string, unknown>;
  readonly surroundings?: Surroundings;
}

/** See engine.ts, the door to this file. */
export async function loadFlow(name: string, cache: string, given: GivenToFlow = {}): Promise<LoadedFlow> {
  const [path, wanted] = splitName(name);
  const bundle = await bundleFlow(path, cache);
  const flow = await importFlow(bundle, wanted);
  const constants = constantsOf(flow);
  const { described, configValues, valueProblems } = await fieldsOf(flow, bundle, given);
  const { parameters, configs, fieldReads, uses, settle } = described;
  const fields = [...configs, ...parameters];
  const known = new Map(configs.map(({ field, declaration }) => [declaration.name, field]));
  const undecided = decideDecorators(flow, [...known.keys()], (name) => {
    const field = known.get(name) ?? name;
    return configValues.has(field) ? { value: immutable(configValues.get(field), field) } : undefined;
  });
  const graph = graphOf(flow, sourceFinder(bundle, flow));
  const unknown = new Set(valueProblems.map(({ parameter }) => parameter));
  const problems = [
    ...(isForWantOf(described.failedWith, valueProblems) ? [] : described.problems),
    ...undecided.map((one) => withPlace(one, graph)),
    ...configProblems(configs, parameters),
    ...declarationProblems(parameters, ({ field }) => !followsFrom(unknown, field, uses)),
    ...fieldProblems(fields, graph),
    ...unstorableFields(described, flow),
    ...staticProblems(flow, fields),
  ];
  return {
    bundle,
    flow,
    graph,
    parameters,
    configs,
    constants,
    configValues,
    fieldReads,
    uses,
    problems,
    valueProblems,
    settle,
  };
}

/** Whether an initialiser throws that uses a config without a value: that the config has none is the one problem to tell. */
const isForWantOf = (used: readonly string[] | undefined, problems: readonly ParameterProblem[]): boolean =>
  problems.some(({ parameter }) => used?.includes(parameter));

function withPlace(problem: Problem, { steps }: Graph): Problem {
  const place = steps.get(problem.step ?? '')?.place;
  return { ...problem, ...(place ? { place } : {}) };
}

function splitName(name: string): [string, string | undefined] {
  const hash = name.lastIndexOf('#');
  if (hash < 0 || existsSync(name)) return [pathOf(name), undefined];
  return [pathOf(name.slice(0, hash)), name.slice(hash + 1)];
}

/** A file may be given by its URL too, as modules know it. */
function pathOf(name: string): string {
  try {
    return name.startsWith('file:///') ? fileURLToPath(name) : resolve(name);
  } catch {
    // No URL of a file.
    return resolve(name);
  }
}

/** Describes the fields of a flow: once to find its configs and, when it has some, again with their values. */
async function fieldsOf(flow: FlowClass, bundle: Bundle, given: GivenToFlow): Promise<Fields> {
  const first = describeFlow(flow, bundle.file);
  const { values, problems } = await configValues(first.configs, {
    values: given.configs ?? {},
    files: given.configFiles ?? {},
    ...(given.surroundings ?? surroundings()),
    kept: given.keptConfigs,
    flowFolder: dirname(bundle.entry),
  });
  const known = new Map([...values].map(([field, value]) => [field, immutable(value, field)]));
  const described = values.size === 0 ? first : describeFlow(flow, bundle.file, known);
  return { described, configValues: values, valueProblems: problems };
}

interface Fields extends Pick<LoadedFlow, 'configValues' | 'valueProblems'> {
  readonly described: Described;
}

/** Names that a field cannot have: they are the steps' and the engine's own. */
function* fieldProblems(fields: readonly { readonly field: string }[], graph: Graph): Iterable<Problem> {
  for (const { field } of fields) {
    const owner = graph.steps.has(field)
      ? 'a step'
      : RESERVED_FIELDS.has(field)
        ? 'a member of every flow'
        : '';
    if (owner === '') continue;
    yield { check: 'fields', message: `The field "${field}" has the name of ${owner}. Rename it.` };
  }
}

const RESERVED_FIELDS = new Set(['next', 'input', 'index', 'foreachStack', 'mergeArtifacts', 'constructor']);
