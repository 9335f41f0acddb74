import { countInBins, histogramEdges } from '../statistics/histogram.ts';
import { asNames, type Columns, VALUE } from './column.ts';
import type { Bar, Bars, Figure } from './figure.ts';
import { grouped, labelsOf, layoutOf, listOf, scaleFor, taken } from './layout.ts';
import { PlotError } from './plot-error.ts';
import { panelsOf } from './points.ts';
import { bandScale, linearScale } from './scale.ts';
import type { PlotSpec } from './spec.ts';

/** Most bars beside each other that a reader can tell apart. */
const MOST_NAMES = 200;
/** The part of a band that its bars fill. */
const FILLED = 0.8;
/** Room above the highest bar, in parts of its height. */
const ROOM = 0.03;

/** How many values lie in each bin; all series and panels have the same bins. */
export function histogramFigure(columns: Columns, spec: PlotSpec): Figure {
  const { x: one, ...rest } = spec;
  const several = listOf(spec.y);
  const layout = layoutOf(columns, { ...rest, y: several.length > 0 ? several : (one ?? VALUE) });
  const { y: values } = layout;
  if (values.type === 'name')
    throw new PlotError(`The column ${JSON.stringify(values.name)} has names: use kind bar.`);
  const { groups, left } = grouped(layout, (i) => Number.isFinite(values.values[i]));
  const each = groups.map(({ rows }) => taken(values.values, rows));
  const all = new Float64Array(each.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const own of each) {
    all.set(own, at);
    at += own.length;
  }
  const edges = histogramEdges(all.sort(), spec.bins);
  const marks = groups.map(({ series }, g): Bars => {
    const counts = countInBins(each[g] as Float64Array, edges);
    // The bars of several series lie upon each other, so that each fills its bin.
    const bars = counts.map((y, i): Bar => ({ from: edges[i] as number, to: edges[i + 1] as number, y }));
    return { type: 'bars', series, bars };
  });
  const x = scaleFor(values, edges.length > 0 ? [edges[0] as number, edges.at(-1) as number] : [0, 1], false);
  return {
    ...labelsOf(spec, values, x, 'count'),
    kind: 'histogram',
    x,
    y: heights(marks, 1),
    series: layout.series,
    panels: panelsOf(layout, groups, marks),
    left,
    drawn: all.length,
  };
}

/** A bar for each name and series; rows with the same ones are added up. */
export function barFigure(columns: Columns, spec: PlotSpec): Figure {
  const layout = layoutOf(columns, spec);
  const { x, y } = layout;
  if (y.type !== 'number')
    throw new PlotError(`The column ${JSON.stringify(y.name)} has ${y.type}s, not numbers.`);
  const bands = asNames(x);
  if (bands.names.length > MOST_NAMES)
    throw new PlotError(
      `The column ${JSON.stringify(x.name)} has ${bands.names.length} values; a bar plot shows at most ${MOST_NAMES}. Take fewer rows, or kind line.`,
    );
  const { groups, left } = grouped(
    layout,
    (i) => (bands.values[i] as number) >= 0 && Number.isFinite(y.values[i]),
  );
  const marks = groups.map(({ series, rows }): Bars => {
    const sums = new Map<number, number>();
    for (const row of rows) {
      const band = bands.values[row] as number;
      const sum = (sums.get(band) ?? 0) + (y.values[row] as number);
      // Beyond the largest number there is no place.
      sums.set(band, Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, sum)));
    }
    const of = { series, of: layout.series.length, filled: FILLED };
    return {
      type: 'bars',
      series,
      bars: [...sums].map(([band, sum]) => barIn(band - 0.5, band + 0.5, sum, of)),
    };
  });
  return {
    ...labelsOf(spec, x, undefined, y.name),
    kind: 'bar',
    x: bandScale(bands.names),
    y: heights(marks, 0),
    series: layout.series,
    panels: panelsOf(layout, groups, marks),
    left,
    drawn: y.values.length - left,
  };
}

/** One of the stretches side by side within a band: the one of a series. */
export function stretchIn(
  from: number,
  to: number,
  { series, of, filled }: { series: number; of: number; filled: number },
): { from: number; to: number } {
  const at = (part: number): number => from * (1 - part) + to * part;
  const start = (1 - filled) / 2;
  return { from: at(start + (filled * series) / of), to: at(start + (filled * (series + 1)) / of) };
}

const barIn = (from: number, to: number, y: number, place: Parameters<typeof stretchIn>[2]): Bar => ({
  ...stretchIn(from, to, place),
  y,
});

function heights(marks: readonly Bars[], least: number) {
  let low = 0;
  let high = least;
  for (const { bars } of marks)
    for (const { y } of bars) {
      if (y < low) low = Math.max(y, -Number.MAX_VALUE);
      if (y > high) high = Math.min(y, Number.MAX_VALUE);
    }
  if (low === high) high = 1;
  return linearScale(
    Math.max(low * (1 + ROOM), -Number.MAX_VALUE),
    Math.min(high * (1 + ROOM), Number.MAX_VALUE),
  );
}
