import { isDamage } from '../damage.ts';
import { isHidden } from '../data-view.ts';
import type { InnerRun } from '../inner.ts';
import type { Run } from '../objects.ts';
import { FIELD_NAMES } from './fields.ts';
import { type Metric, metricsOf } from './metrics.ts';

/** A parameter of more bytes has no place in a list. */
const LONGEST = 256;

/**
 * What is worth a column in a list of runs: the metrics that their flows declare, then their parameters, those that are short in all of the runs. Each has its own name, or
 * its address where another has that name. A run that cannot be read adds none.
 */
export function usualColumns(runs: readonly Run<unknown>[]): Metric[] {
  const metrics = new Map<string, Metric>();
  const parameters = new Map<string, Metric | undefined>();
  for (const run of runs) {
    try {
      for (const metric of metricsOf(run)) metrics.set(metric.address, metric);
      for (const [address, parameter] of parametersOf(run as InnerRun))
        if (parameter === undefined || !parameters.has(address)) parameters.set(address, parameter);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  const taken = new Set(FIELD_NAMES);
  return [...metrics.values(), ...parameters.values()].flatMap((one) => {
    if (one === undefined) return [];
    const name = taken.has(one.name) ? one.address : one.name;
    taken.add(name);
    return [{ ...one, name }];
  });
}

/** The parameters of a run in the order in which its flow declares them, by address; undefined for one that is long. */
function* parametersOf(run: InnerRun): Generator<[address: string, parameter: Metric | undefined]> {
  const { reader } = run;
  const stored = reader.parameters();
  for (const name of reader.record.parameters) {
    if (isHidden(name) || !stored.has(name)) continue;
    const address = `parameters/${name}`;
    const isShort = run.input('parameters', name).size <= LONGEST;
    yield [address, isShort ? { name, address, goal: undefined } : undefined];
  }
}
