import { countInBins, histogramEdges } from '../statistics/histogram.ts';
import { type Column, columnsOf, VALUE } from './column.ts';
import { PlotError } from './plot-error.ts';
import { bandScale, linearScale, logScale, type Scale, timeScale } from './scale.ts';
import type { PlotData, PlotSpec } from './spec.ts';

/** Most series and most bars of a category axis that a reader can tell apart. */
const MOST_SERIES = 12;
const MOST_NAMES = 200;
/** The part of a band that its bars fill. */
const FILLED = 0.8;

/** Points in units of the data, in the order in which they are joined. */
export interface Series {
  readonly name: string;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** A bar from the base line to `y`. */
export interface Bar {
  readonly series: number;
  readonly from: number;
  readonly to: number;
  readonly y: number;
}

/** What every back end draws: scales, and marks in units of the data. */
export interface Figure {
  readonly kind: NonNullable<PlotSpec['kind']>;
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly x: Scale;
  readonly y: Scale;
  /** For bars, the series have names only. */
  readonly series: readonly Series[];
  readonly bars: readonly Bar[];
  /** Rows that have no place on an axis: missing, not finite, or not positive where the axis is logarithmic. */
  readonly left: number;
  readonly drawn: number;
}

/** Lays data out as the spec says. Throws PlotError, which names the column or the option. */
export function figureOf(data: PlotData, spec: PlotSpec): Figure {
  const kind = spec.kind ?? 'line';
  check(spec, kind);
  const columns = columnsOf(data);
  const color = spec.color === undefined ? undefined : columns.get(spec.color, true);
  const names = color ? color.names : [''];
  if (names.length > MOST_SERIES)
    throw new PlotError(
      `The column ${JSON.stringify(spec.color)} has ${names.length} values; a plot tells at most ${MOST_SERIES} series apart.`,
    );
  if (kind === 'histogram') {
    const x = columns.get(spec.x ?? spec.y ?? VALUE);
    return histogram(x, { color, names, spec });
  }
  const y = columns.get(spec.y ?? VALUE);
  if (y.type === 'name') throw new PlotError(`The column ${JSON.stringify(y.name)} has names, not numbers.`);
  const x = spec.x === undefined ? rowNumbers(columns.length) : columns.get(spec.x, kind === 'bar');
  const look = { color, names, spec };
  return kind === 'bar' ? bars(x, y, look) : points(x, y, look);
}

function check(spec: PlotSpec, kind: string): void {
  if (!['line', 'scatter', 'histogram', 'bar'].includes(kind))
    throw new PlotError(`There is no kind of plot ${JSON.stringify(kind)}: line, scatter, histogram, bar.`);
  if (spec.bins !== undefined && !(Number.isInteger(spec.bins) && spec.bins > 0 && spec.bins <= 10_000))
    throw new PlotError(`bins is a whole number from 1 to 10000, but it is ${spec.bins}.`);
  for (const side of ['width', 'height'] as const) {
    const size = spec[side] ?? 400;
    if (!(size >= 120 && size <= 10_000))
      throw new PlotError(`${side} is from 120 to 10000, but it is ${size}.`);
  }
  if (spec.log !== undefined && (kind === 'bar' || kind === 'histogram'))
    throw new PlotError(`A ${kind} starts at 0, which a logarithmic axis does not have: leave out log.`);
}

/** How columns are laid out. */
interface Layout {
  /** Tells the series apart; their names are in `names`. */
  readonly color: Column | undefined;
  readonly names: readonly string[];
  readonly spec: PlotSpec;
}

/** Series of bars have no points of their own. */
const namesAlone = (names: readonly string[]): Series[] =>
  names.map((name) => ({ name, x: new Float64Array(), y: new Float64Array() }));

function points(x: Column, y: Column, { color, names, spec }: Layout): Figure {
  const isLogX = spec.log?.includes('x') ?? false;
  const isLogY = spec.log?.includes('y') ?? false;
  const fits = (value: number, isLog: boolean): boolean => Number.isFinite(value) && (!isLog || value > 0);
  const rows = names.map((): number[] => []);
  let left = 0;
  for (let i = 0; i < y.values.length; i += 1) {
    const place = color ? (color.values[i] as number) : 0;
    if (fits(x.values[i] as number, isLogX) && fits(y.values[i] as number, isLogY) && place >= 0)
      (rows[place] as number[]).push(i);
    else left += 1;
  }
  const series = names.map((name, i) => {
    const own = rows[i] as number[];
    if (spec.kind !== 'scatter') sortBy(own, x.values);
    return {
      name,
      x: Float64Array.from(own, (row) => x.values[row] as number),
      y: Float64Array.from(own, (row) => y.values[row] as number),
    };
  });
  const drawn = y.values.length - left;
  for (const [column, isLog] of [
    [x, isLogX],
    [y, isLogY],
  ] as const)
    if (isLog && column.type !== 'number')
      throw new PlotError(
        `The column ${JSON.stringify(column.name)} is no number: its axis cannot be logarithmic.`,
      );
    else if (drawn === 0 && isLog && column.values.some(Number.isFinite) && !column.values.some((v) => v > 0))
      throw new PlotError(`The column ${JSON.stringify(column.name)} has no positive value: leave out log.`);
  return {
    ...labels(spec, x.name, y.name),
    kind: spec.kind ?? 'line',
    x: scaleFor(x, rangeOf(series.map((one) => one.x)), isLogX),
    y: scaleFor(y, rangeOf(series.map((one) => one.y)), isLogY),
    series,
    bars: [],
    left,
    drawn,
  };
}

function histogram(x: Column, { color, names, spec }: Layout): Figure {
  if (x.type === 'name') throw new PlotError(`The column ${JSON.stringify(x.name)} has names: use kind bar.`);
  const isDrawn = (value: number, i: number): boolean =>
    Number.isFinite(value) && (color === undefined || (color.values[i] as number) >= 0);
  const kept = x.values.filter(isDrawn).sort();
  const edges = histogramEdges(kept, spec.bins);
  const counts = names.map((_, s) =>
    countInBins(
      color ? x.values.filter((value, i) => isDrawn(value, i) && color.values[i] === s) : kept,
      edges,
    ),
  );
  const each = counts.flatMap((own, series) =>
    own.map((y, i) => barIn(edges[i] as number, edges[i + 1] as number, series, names.length, y, 1)),
  );
  return {
    ...labels(spec, x.name, 'count'),
    kind: 'histogram',
    x: scaleFor(x, edges.length > 0 ? [edges[0] as number, edges.at(-1) as number] : [0, 1], false),
    y: linearScale(0, Math.max(1, ...each.map(({ y }) => y))),
    series: namesAlone(names),
    bars: each,
    left: x.values.length - kept.length,
    drawn: kept.length,
  };
}

function bars(x: Column, y: Column, { color, names, spec }: Layout): Figure {
  const bands = x.type === 'name' ? x.names : Array.from(x.values, String);
  if (bands.length > MOST_NAMES)
    throw new PlotError(
      `The column ${JSON.stringify(x.name)} has ${bands.length} values; a bar plot shows at most ${MOST_NAMES}. Take fewer rows, or kind line.`,
    );
  // Rows with the same name and series are added up, as stacked bars would show them.
  const sums = new Map<number, number>();
  let left = 0;
  for (let i = 0; i < y.values.length; i += 1) {
    const band = x.type === 'name' ? (x.values[i] as number) : i;
    const series = color ? (color.values[i] as number) : 0;
    const value = y.values[i] as number;
    if (!Number.isFinite(value) || !(band >= 0) || !(series >= 0)) left += 1;
    else sums.set(band * names.length + series, (sums.get(band * names.length + series) ?? 0) + value);
  }
  const each = [...sums].map(([key, value]) => {
    const band = Math.floor(key / names.length);
    return barIn(band - 0.5, band + 0.5, key % names.length, names.length, value, FILLED);
  });
  const heights = each.map((bar) => bar.y);
  const low = Math.max(Math.min(0, ...heights), -Number.MAX_VALUE);
  const high = Math.min(Math.max(0, ...heights), Number.MAX_VALUE);
  return {
    ...labels(spec, x.name, y.name),
    kind: 'bar',
    x: bandScale(bands),
    y: linearScale(low, low === high ? 1 : high),
    series: namesAlone(names),
    bars: each,
    left,
    drawn: y.values.length - left,
  };
}

function barIn(from: number, to: number, series: number, of: number, y: number, filled: number): Bar {
  const at = (part: number): number => from * (1 - part) + to * part;
  const start = (1 - filled) / 2;
  return {
    series,
    from: at(start + (filled * series) / of),
    to: at(start + (filled * (series + 1)) / of),
    y,
  };
}

const labels = (spec: PlotSpec, xLabel: string, yLabel: string) => ({
  title: spec.title ?? '',
  xLabel,
  yLabel,
});

const rowNumbers = (length: number): Column => ({
  name: 'row',
  type: 'number',
  values: Float64Array.from({ length }, (_, i) => i),
  names: [],
});

// Rows are mostly in order already: then nothing is sorted.
function sortBy(rows: number[], keys: Float64Array): void {
  const isSorted = rows.every(
    (row, i) => i === 0 || (keys[rows[i - 1] as number] as number) <= (keys[row] as number),
  );
  if (!isSorted) rows.sort((a, b) => (keys[a] as number) - (keys[b] as number));
}

function rangeOf(all: readonly Float64Array[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of all)
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? [low, high] : [0, 1];
}

function scaleFor(column: Column, [low, high]: readonly [number, number], isLog: boolean): Scale {
  if (column.type === 'name') return bandScale(column.names);
  if (column.type === 'time') return timeScale(low, high);
  return isLog ? logScale(low || 1, high) : linearScale(low, high);
}
