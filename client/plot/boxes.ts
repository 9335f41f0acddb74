import { quantile } from '../statistics/quantile.ts';
import { stretchIn } from './bars.ts';
import { asNames, type Column, type Columns } from './column.ts';
import type { Box, Boxes, Figure } from './figure.ts';
import { checkLog, grouped, labelsOf, layoutOf, rangeOf, scaleFor } from './layout.ts';
import { PlotError } from './plot-error.ts';
import { panelsOf } from './points.ts';
import { bandScale } from './scale.ts';
import type { PlotSpec } from './spec.ts';

const MOST_NAMES = 100;
/** The part of a band that its boxes fill, and the room above and below them. */
const FILLED = 0.7;
const ROOM = 0.04;

/** Box plots after Tukey 1977, one for each name of `x` and series; without `x` one for each series. */
export function boxFigure(columns: Columns, spec: PlotSpec): Figure {
  const layout = layoutOf(columns, spec);
  const { y } = layout;
  if (y.type === 'name') throw new PlotError(`The column ${JSON.stringify(y.name)} has names, not numbers.`);
  const isAlone = spec.x === undefined;
  const bands: Column = isAlone
    ? {
        name: layout.color?.name ?? '',
        type: 'name',
        values: layout.color?.values ?? new Float64Array(y.values.length),
        names: layout.series,
      }
    : asNames(layout.x);
  if (bands.names.length > MOST_NAMES)
    throw new PlotError(
      `The column ${JSON.stringify(bands.name)} has ${bands.names.length} values; a box plot shows at most ${MOST_NAMES}.`,
    );
  const isLog = spec.log?.includes('y') ?? false;
  const { groups, left } = grouped(layout, (i) => {
    const value = y.values[i] as number;
    return (bands.values[i] as number) >= 0 && Number.isFinite(value) && (!isLog || value > 0);
  });
  const drawn = y.values.length - left;
  if (isLog) checkLog(y, drawn);
  const all: Float64Array[] = [];
  const marks = groups.map(({ series, rows }): Boxes => {
    const byBand = new Map<number, number[]>();
    for (const row of rows) {
      const band = bands.values[row] as number;
      const own = byBand.get(band) ?? [];
      own.push(y.values[row] as number);
      byBand.set(band, own);
    }
    const place = isAlone
      ? { series: 0, of: 1, filled: FILLED }
      : { series, of: layout.series.length, filled: FILLED };
    const boxes = [...byBand].map(([band, values]) => {
      const sorted = Float64Array.from(values).sort();
      all.push(sorted);
      return { ...stretchIn(band - 0.5, band + 0.5, place), ...boxOf(sorted) };
    });
    return { type: 'boxes', series: isAlone ? 0 : series, boxes };
  });
  return {
    ...labelsOf(spec, bands.name, undefined, y.name),
    kind: 'box',
    x: bandScale(bands.names),
    y: scaleFor(y, rangeOf(all), isLog, ROOM),
    // Boxes that stand alone have their names on the axis.
    series: isAlone ? [''] : layout.series,
    panels: panelsOf(layout, groups, marks),
    left,
    drawn,
  };
}

function boxOf(sorted: Float64Array): Omit<Box, 'from' | 'to'> {
  const [q1, median, q3] = [0.25, 0.5, 0.75].map((p) => quantile(sorted, p)) as [number, number, number];
  const reach = 1.5 * (q3 - q1);
  const isWithin = (value: number): boolean => value >= q1 - reach && value <= q3 + reach;
  const within = sorted.filter(isWithin);
  return {
    low: within[0] ?? q1,
    q1,
    median,
    q3,
    high: within.at(-1) ?? q3,
    beyond: sorted.filter((value) => !isWithin(value)),
  };
}
