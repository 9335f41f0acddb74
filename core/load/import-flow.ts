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
      'exports no flow. Export a class that extends FlowSpec, best as default.',
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

/** The flows found so far by whoever loads a file now: several files may be on their way at once. */
const loading = new AsyncLocalStorage<Set<FlowClass>>();

const holder = globalThis as MainHolder;
const before = holder[MAIN];
holder[MAIN] = (flow) => {
  const found = loading.getStore();
  found?.add(flow);
  return found !== undefined || (before?.(flow) ?? false);
};

/** The flow exported as default, else all that are exported or whose `main()` the file calls. */
async function evaluate({ entry, file }: Pick<Bundle, 'entry' | 'file'>): Promise<FlowClass[]> {
  const found = new Set<FlowClass>();
  let module: Record<string, unknown>;
  try {
    module = await loading.run(found, () =>
      settled(`The flow file ${entry}, or a module that it imports,`, import(pathToFileURL(file).href)),
    );
  } catch (cause) {
    if (cause instanceof NeverSettledError) throw cause;
    if (isFlowFound(cause)) return [...found];
    const { text } = flowError(cause, file);
    throw new LoadFlowError(entry, `throws when it is loaded: ${text}`, { cause });
  }
  const named = [module, commonJsExports(module)];
  const preferred = named.map((exports) => exports.default).find(isFlowClass);
  if (preferred) return [preferred];
  for (const value of named.flatMap((exports) => Object.values(exports)))
    if (isFlowClass(value)) found.add(value);
  return [...found];
}

/** Also of another copy of the package. */
const isFlowFound = (error: unknown): boolean => error instanceof Error && error.name === 'FlowFound';

/** What a CommonJS file exports comes as the default of the module made of it. */
function commonJsExports(module: Record<string, unknown>): Record<string, unknown> {
  const { default: all } = module;
  return typeof all === 'object' && all !== null ? (all as Record<string, unknown>) : {};
}
