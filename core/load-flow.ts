import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { type Bundle, bundleFlow } from './bundle.ts';
import { FlowProblemsError, type Problem } from './errors.ts';
import { type FlowClass, isFlowClass } from './flow-spec.ts';
import { flowError } from './flow-stack.ts';
import type { Graph } from './graph.ts';
import { importFlow } from './import-flow.ts';
import { type FlowParameter, foldName } from './parameter-values.ts';
import { ParameterDeclaration } from './parameters.ts';
import { graphOf } from './read-graph.ts';
import { sourceFinder } from './source-finder.ts';

/** A flow ready to be looked at or run. */
export interface LoadedFlow {
  readonly bundle: Bundle;
  readonly flow: FlowClass;
  readonly graph: Graph;
  readonly parameters: readonly FlowParameter[];
  /** The flow's constants: its static data properties. */
  readonly constants: ReadonlyMap<string, unknown>;
}

/** See engine.ts, the door to this file. */
export async function loadFlow(name: string, cache: string): Promise<LoadedFlow> {
  const [path, wanted] = splitName(name);
  const bundle = await bundleFlow(path, cache);
  const flow = await importFlow(bundle, wanted);
  const graph = graphOf(flow, sourceFinder(bundle, flow));
  return { bundle, flow, graph, parameters: parametersOf(flow, bundle), constants: constantsOf(flow) };
}

function splitName(name: string): [string, string | undefined] {
  const hash = name.lastIndexOf('#');
  if (hash < 0 || existsSync(name)) return [resolve(name), undefined];
  return [resolve(name.slice(0, hash)), name.slice(hash + 1)];
}

function parametersOf(flow: FlowClass, { file }: Bundle): FlowParameter[] {
  let instance: object;
  try {
    instance = new flow();
  } catch (cause) {
    const { text, place } = flowError(cause, file);
    const message = `A field initialiser or the constructor throws: ${text}`;
    throw new FlowProblemsError(flow.name, [{ check: 'fields', message, ...(place ? { place } : {}) }]);
  }
  const parameters: FlowParameter[] = [];
  for (const [field, declaration] of Object.entries(instance)) {
    if (declaration instanceof ParameterDeclaration) parameters.push({ field, declaration });
  }
  const problems = [...parameterProblems(parameters)];
  if (problems.length > 0) throw new FlowProblemsError(flow.name, problems);
  return parameters;
}

/** Options of `flow run` and `flow resume` itself, which a parameter of that name could never be told from. */
const RESERVED = [
  'tag',
  'maxWorkers',
  'maxNumSplits',
  'runIdFile',
  'store',
  'help',
  'originRunId',
  'namespace',
  'maxLogSize',
  'quiet',
  'json',
  'color',
  'version',
  'config',
  'configValue',
  'with',
];

function* parameterProblems(parameters: readonly FlowParameter[]): Iterable<Problem> {
  const reserved = new Set(RESERVED.map(foldName));
  const seen = new Map<string, string>();
  for (const { field, declaration } of parameters) {
    for (const name of new Set([foldName(field), foldName(declaration.name)])) {
      if (reserved.has(name)) {
        yield {
          check: 'parameters',
          message: `The parameter "${field}" has the name of an option of \`flow run\`. Rename it.`,
        };
      }
      const other = seen.get(name);
      if (other !== undefined) {
        yield {
          check: 'parameters',
          message: `The parameters "${other}" and "${field}" cannot be told apart on the command line. Rename one.`,
        };
      }
      seen.set(name, field);
    }
    const { required, default: fallback } = declaration.options;
    if (required && fallback !== undefined) {
      yield {
        check: 'parameters',
        message: `The parameter "${field}" is required and has a default. Drop one of the two.`,
      };
    }
  }
}

/** Static data properties, inherited ones included; what begins with `_` or is a function is none. */
function constantsOf(flow: FlowClass): Map<string, unknown> {
  const constants = new Map<string, unknown>();
  for (let one: object = flow; isFlowClass(one); one = Object.getPrototypeOf(one)) {
    for (const name of Object.keys(one)) {
      const value = Object.getOwnPropertyDescriptor(one, name)?.value;
      if (name.startsWith('_') || typeof value === 'function' || value === undefined || constants.has(name))
        continue;
      constants.set(name, value);
    }
  }
  return constants;
}

/** The local modules of a flow by their path below their common folder, and the entry's path there. */
export function codeOf({ entry, modules }: Bundle): {
  readonly entry: string;
  readonly files: Map<string, Uint8Array>;
} {
  let root = dirname(entry);
  while (modules.some((path) => relative(root, path).startsWith('..'))) root = dirname(root);
  const files = new Map<string, Uint8Array>();
  for (const path of modules) files.set(relative(root, path).replaceAll('\\', '/'), readFileSync(path));
  return { entry: relative(root, entry).replaceAll('\\', '/'), files };
}
