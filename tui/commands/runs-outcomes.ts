import { formOf, isBetter, isDamage, type Metric, type Run, usualColumns, valueIn } from '#client';
import { numberText } from '../diff/value-text.ts';
import type { Output } from '../output.ts';
import type { Cell } from '../plain/table.ts';

/** What the runs of a list were given, or came to, in one respect. */
export interface Outcomes {
  readonly name: string;
  readonly isMetric: boolean;
  readonly align: 'left' | 'right';
  /** One for each run. */
  readonly cells: readonly Cell[];
}

/**
 * The metrics of runs, newest first, and the parameters in which they differ. A metric that is better than in the run before is green, one that is
 * worse red.
 */
export function outcomesOf(listed: readonly { readonly run: Run }[], output: Output): Outcomes[] {
  const runs = listed.map(({ run }) => run);
  return usualColumns(runs).flatMap((metric) => {
    const values = runs.map((run) => shortValue(run, metric.address));
    const isMetric = !metric.address.startsWith('parameters/');
    if (!(isMetric ? values.some((value) => value !== null) : areDifferent(values))) return [];
    const align = values.some((value) => typeof value === 'number') ? 'right' : 'left';
    return [
      {
        name: metric.name,
        isMetric,
        align,
        cells: values.map((_, index) => cellOf(values, index, metric, output)),
      },
    ];
  });
}

/** The value as a list shows it: null when there is none, or it cannot be read. */
function shortValue(run: Run, address: string): unknown {
  try {
    return valueIn(run, address) ?? null;
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}

function areDifferent(values: readonly unknown[]): boolean {
  const [first, ...rest] = values.map((value) => JSON.stringify(formOf(value)));
  return rest.some((other) => other !== first);
}

function cellOf(values: readonly unknown[], index: number, { goal }: Metric, { paint }: Output): Cell {
  const value = values[index];
  if (value === null) return { text: '' };
  const text = typeof value === 'string' ? value : numberText(formOf(value));
  const better = isBetter(values.slice(index + 1).find(isNumber), value, goal);
  return better === undefined ? { text } : { text, brush: better ? paint.good : paint.bad };
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
