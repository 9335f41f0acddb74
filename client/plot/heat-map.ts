import { histogramEdges } from '../statistics/histogram.ts';
import { asNames, type Column, type Columns } from './column.ts';
import type { Cell, Cells, Figure } from './figure.ts';
import { grouped, labelsOf, layoutOf, rangeOf } from './layout.ts';
import { PlotError } from './plot-error.ts';
import { panelsOf } from './points.ts';
import { bandScale, linearScale, type Scale, timeScale } from './scale.ts';
import type { PlotSpec } from './spec.ts';

const MOST_NAMES = 200;
/** Numbers with more values than this are put into bins, of which there are as many at most. */
const MOST_VALUES = 40;

/** A heat map: the mean of `color`, or how many rows there are, for each pair of names or bins. */
export function heatMapFigure(columns: Columns, spec: PlotSpec): Figure {
  if (spec.x === undefined || typeof spec.y !== 'string')
    throw new PlotError('A heat map takes x and one y: the columns of its two axes.');
  const { color: valueName, ...rest } = spec;
  const layout = layoutOf(columns, rest);
  const value = valueName === undefined ? undefined : columns.get(valueName);
  if (value && value.type === 'name')
    throw new PlotError(`The column ${JSON.stringify(value.name)} has names, not numbers.`);
  const across = sideOf(layout.x, spec.bins);
  const up = sideOf(layout.y, spec.bins);
  const { groups, left } = grouped(
    layout,
    (i) =>
      (across.places[i] as number) >= 0 &&
      (up.places[i] as number) >= 0 &&
      (!value || Number.isFinite(value.values[i])),
  );
  const means = groups.map(({ rows }) => {
    const counts = new Float64Array(up.count * across.count);
    const found = new Map<number, number>();
    const mean = new Float64Array(counts.length);
    for (const row of rows) {
      const key = (up.places[row] as number) * across.count + (across.places[row] as number);
      const count = (counts[key] as number) + 1;
      const before = mean[key] as number;
      counts[key] = count;
      // A running mean, because the sum of large numbers overflows.
      mean[key] = value ? before + ((value.values[row] as number) / count - before / count) : count;
    }
    counts.forEach((count, key) => {
      if (count > 0) found.set(key, mean[key] as number);
    });
    return found;
  });
  const [low, high] = rangeOf(means.map((found) => Float64Array.from(found.values())));
  // Counts begin at 0; a single value is the middle of its scale.
  const scale = value ? linearScale(low, high) : linearScale(0, Math.max(1, high));
  const marks = means.map((found): Cells => {
    const cells = [...found].map(
      ([key, mean]): Cell => ({
        x: across.edges(key % across.count),
        y: up.edges(Math.floor(key / across.count)),
        value: mean,
        shade: Math.min(1, Math.max(0, scale.place(mean))),
      }),
    );
    return { type: 'cells', cells };
  });
  return {
    ...labelsOf(spec, layout.x, across.scale, layout.y.name),
    kind: 'heatmap',
    x: across.scale,
    y: up.isNamed ? downwards(up.scale) : up.scale,
    series: [''],
    shades: { scale, label: value?.name ?? 'count' },
    panels: panelsOf(layout, groups, marks),
    left,
    drawn: layout.y.values.length - left,
  };
}

interface Side {
  readonly scale: Scale;
  /** Which stretch each row is in; NaN for none. */
  readonly places: Float64Array;
  readonly count: number;
  readonly isNamed: boolean;
  edges(place: number): [number, number];
}

function sideOf(column: Column, bins: number | undefined): Side {
  const isNamed = column.type === 'name';
  const different = isNamed ? 0 : countUpTo(column.values, MOST_VALUES);
  if (isNamed || (bins === undefined && column.type === 'number' && different <= MOST_VALUES)) {
    const values = column.values.map((value) => (Number.isFinite(value) ? value : Number.NaN));
    const { names, values: places } = asNames({ ...column, values });
    if (names.length > MOST_NAMES)
      throw new PlotError(
        `The column ${JSON.stringify(column.name)} has ${names.length} values; a heat map shows at most ${MOST_NAMES} names of an axis.`,
      );
    const edges = (place: number): [number, number] => [place - 0.5, place + 0.5];
    return { scale: bandScale(names), places, count: names.length, isNamed, edges };
  }
  const ends = histogramEdges(
    rangeOf([column.values]),
    bins ?? Math.max(1, Math.min(MOST_VALUES, different)),
  );
  const [low, high] = [ends[0] ?? 0, ends.at(-1) ?? 1];
  const count = Math.max(1, ends.length - 1);
  const within = (value: number): number =>
    Number.isFinite(value)
      ? Math.min(count - 1, Math.floor(((value / 2 - low / 2) / (high / 2 - low / 2)) * count))
      : Number.NaN;
  return {
    scale: column.type === 'time' ? timeScale(low, high) : linearScale(low, high),
    places: column.values.map(within),
    count,
    isNamed: false,
    edges: (place) => [ends[place] as number, ends[place + 1] as number],
  };
}

/** How many different finite numbers there are; more than `most` are not counted further. */
function countUpTo(values: Float64Array, most: number): number {
  const found = new Set<number>();
  for (let i = 0; i < values.length && found.size <= most; i += 1)
    if (Number.isFinite(values[i])) found.add(values[i] as number);
  return found.size;
}

/** Names are read from the top. */
const downwards = (scale: Scale): Scale => ({ ...scale, place: (value) => 1 - scale.place(value) });
