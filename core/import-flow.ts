import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Bundle } from './bundle.ts';
import { LoadFlowError } from './errors.ts';
import { type FlowClass, isFlowClass, MAIN } from './flow-spec.ts';

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

/** The flow exported as default, else all that are exported or whose `main()` the file calls. */
async function evaluate(bundle: Pick<Bundle, 'entry' | 'file'>): Promise<FlowClass[]> {
  const found = new Set<FlowClass>();
  const holder = globalThis as { [MAIN]?: (flow: FlowClass) => void };
  const before = holder[MAIN];
  holder[MAIN] = (flow) => found.add(flow);
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(bundle.file).href)) as Record<string, unknown>;
  } catch (cause) {
    throw new LoadFlowError(bundle.entry, `throws when it is loaded: ${reasonOf(cause)}`, { cause });
  } finally {
    if (before) holder[MAIN] = before;
    else delete holder[MAIN];
  }
  if (isFlowClass(module.default)) return [module.default];
  for (const value of Object.values(module)) if (isFlowClass(value)) found.add(value);
  return [...found];
}

/** What an error says, with its stack. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
