import { AsyncLocalStorage } from 'node:async_hooks';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LoadFlowError } from '../errors.ts';
import { type FlowClass, isFlowClass, MAIN, type MainHolder } from '../flow/flow-spec.ts';
import { NeverSettledError, settled } from '../settling.ts';
import type { Bundle } from './bundle.ts';
import { flowError } from './flow-stack.ts';
import { allowRunTimeImports } from './run-time-import.ts';

/** Imports a bundle and picks its flow class; also used by workers. Throws {@link LoadFlowError}. */
export async function importFlow(
  bundle: Pick<Bundle, 'entry' | 'file'>,
  wanted?: string,
): Promise<FlowClass> {
  const found = await flowsIn(bundle);
  if (wanted !== undefined) {
    const flow = found.find(({ name }) => name === wanted);
    if (flow) return flow;
    throw new LoadFlowError(bundle.entry, `has no flow "${wanted}". ${list(found)}`);
  }
  const [flow, ...others] = found;
  if (!flow) {
    throw new LoadFlowError(
      bundle.entry,
      'exports no flow. Export a class that extends FlowSpec, ideally as the default export.',
    );
  }
  if (others.length > 0) {
    throw new LoadFlowError(
      bundle.entry,
      `has several flows. ${list(found)} Name one as ${relative('', bundle.entry)}#${flow.name}.`,
    );
  }
  return flow;
}

const list = (flows: readonly FlowClass[]): string =>
  flows.length > 0 ? `Its flows: ${flows.map(({ name }) => name).join(', ')}.` : 'It exports no flow at all.';

allowRunTimeImports();

/** By compiled file, whose name changes with its content: a module is evaluated, and calls `main()`, only once. */
const loaded = new Map<string, Promise<FlowClass[]>>();

function flowsIn(bundle: Pick<Bundle, 'entry' | 'file'>): Promise<FlowClass[]> {
  let flows = loaded.get(bundle.file);
  if (!flows) {
    flows = evaluate(bundle);
    loaded.set(bundle.file, flows);
  }
  return flows;
}

/** The flows whose `main()` was called so far, and where from, by whoever loads a file now: several files may be on their way at once. */
const loading = new AsyncLocalStorage<Map<FlowClass, Error>>();

const holder = globalThis as MainHolder;
const before = holder[MAIN];
holder[MAIN] = (flow) => {
  const found = loading.getStore();
  found?.set(flow, new Error('main() was called'));
  return found !== undefined || (before?.(flow) ?? false);
};

/**
 * The flow exported as default, else all that are exported or whose `main()` the file calls. A module that it imports may be a flow file of
 * its own, whose `main()` does not count.
 */
async function evaluate({ entry, file }: Pick<Bundle, 'entry' | 'file'>): Promise<FlowClass[]> {
  const called = new Map<FlowClass, Error>();
  let module: Record<string, unknown>;
  try {
    module = await loading.run(called, () =>
      settled(`The flow file ${entry}, or a module that it imports,`, import(pathToFileURL(file).href)),
    );
  } catch (cause) {
    if (cause instanceof NeverSettledError) throw cause;
    if (isFlowFound(cause)) return [...called.keys()];
    const { text } = flowError(cause, file);
    throw new LoadFlowError(entry, `throws when it is loaded: ${text}`, { cause });
  }
  const named = [module, commonJsExports(module)];
  const preferred = named.map((exports) => exports.default).find(isFlowClass);
  if (preferred) return [preferred];
  const exported = named.flatMap((exports) => Object.values(exports)).filter(isFlowClass);
  const found = new Set([...called.keys(), ...exported]);
  if (found.size <= 1) return [...found];
  const isCalledHere = (call: Error) => (flowError(call, file).place?.file ?? entry) === entry;
  const own = new Set([
    ...exported,
    ...[...called].flatMap(([flow, call]) => (isCalledHere(call) ? flow : [])),
  ]);
  return [...(own.size > 0 ? own : found)];
}

/** Also of another copy of the package. */
const isFlowFound = (error: unknown): boolean => error instanceof Error && error.name === 'FlowFound';

/** What a CommonJS file exports comes as the default of the module made of it. */
function commonJsExports(module: Record<string, unknown>): Record<string, unknown> {
  const { default: all } = module;
  return typeof all === 'object' && all !== null ? (all as Record<string, unknown>) : {};
}
