import type { Digest } from '#store';
import { ReadOnlyError } from '../errors.ts';
import type { ForeachFrame } from '../flow/task-state.ts';
import type { RunValues } from './run-values.ts';
import type { OrderFrame } from './worker-protocol.ts';

/** A level of the foreach nest for the step that runs; its element is loaded, and noted as read, when it is touched. */
export function openFrame(
  { step, index, numSplits, variable, artifacts }: OrderFrame,
  values: RunValues,
  reads: Map<string, Digest>,
): ForeachFrame {
  let loaded: { readonly value: unknown } | undefined;
  return {
    step,
    index,
    numSplits,
    get input() {
      if (!loaded) {
        const { value, read } = values.element({ step, artifacts, variable, index });
        reads.set(read.name, read.digest);
        loaded = { value };
      }
      return loaded.value;
    },
  };
}

/** Gives a flow instance its `index` and `input`, those of the innermost level. */
export function definePosition(flow: object, frames: readonly ForeachFrame[]): void {
  const innermost = frames.at(-1);
  for (const [name, get] of [
    ['index', () => innermost?.index],
    ['input', () => innermost?.input],
  ] as const) {
    const set = () => {
      throw new ReadOnlyError(name, 'property');
    };
    Object.defineProperty(flow, name, { get, set, enumerable: false, configurable: true });
  }
}
