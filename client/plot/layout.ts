import { asNames, type Column, type Columns, VALUE } from './column.ts';
import { PlotError } from './plot-error.ts';
import { bandScale, linearScale, logScale, type Scale, timeScale } from './scale.ts';
import type { PlotSpec } from './spec.ts';

/** Most series that a reader can tell apart, and most panels of a picture. */
const MOST_SERIES = 12;
const MOST_PANELS = 24;

/** Which series and panel each row belongs to, and its values on the two axes. */
export interface Layout {
  readonly spec: PlotSpec;
  readonly x: Column;
  readonly y: Column;
  readonly color: Column | undefined;
  readonly series: readonly string[];
  readonly facet: Column | undefined;
  readonly panels: readonly string[];
}

/** The rows of one series in one panel. */
export interface Group {
  readonly panel: number;
  readonly series: number;
  readonly rows: Uint32Array;
}

/** Column that only says which row it is. */
export const rowNumbers = (length: number): Column => ({
  name: 'row',
  type: 'number',
  values: Float64Array.from({ length }, (_, i) => i),
  names: [],
});

/** Takes the columns that the spec names. Several columns of `y` are put below each other, with a series each. */
export function layoutOf(columns: Columns, spec: PlotSpec): Layout {
  const ys = listOf(spec.y);
  const facet = facetOf(columns, spec);
  const x = spec.x === undefined ? rowNumbers(columns.length) : columns.get(spec.x);
  if (ys.length <= 1) {
    const color = spec.color === undefined ? undefined : seriesOf(columns.get(spec.color));
    const y = columns.get(ys[0] ?? VALUE);
    return { spec, x, y, color, series: color?.names ?? [''], facet, panels: facet?.names ?? [''] };
  }
  if (spec.color !== undefined)
    throw new PlotError('Several columns of y have a colour each: leave out color, or give one y.');
  if (ys.length > MOST_SERIES)
    throw new PlotError(`y has ${ys.length} columns; a plot tells at most ${MOST_SERIES} series apart.`);
  const all = ys.map((name) => columns.get(name));
  const odd = all.find(({ type }) => type !== 'number');
  if (odd) throw new PlotError(`The column ${JSON.stringify(odd.name)} has ${odd.type}s, not numbers.`);
  const repeated = (column: Column): Column => ({ ...column, values: joined(all.map(() => column.values)) });
  const names = [...ys];
  return {
    spec,
    x: repeated(x),
    y: { name: 'value', type: 'number', values: joined(all.map(({ values }) => values)), names: [] },
    color: {
      name: 'column',
      type: 'name',
      values: joined(all.map(({ values }, i) => values.map(() => i))),
      names,
    },
    series: names,
    facet: facet && repeated(facet),
    panels: facet?.names ?? [''],
  };
}

/** The column that makes panels. Throws PlotError when it makes too many. */
export function facetOf(columns: Columns, { facet }: PlotSpec): Column | undefined {
  if (facet === undefined) return undefined;
  const column = asNames(columns.get(facet));
  if (column.names.length > MOST_PANELS)
    throw new PlotError(
      `The column ${JSON.stringify(facet)} has ${column.names.length} values; a plot has at most ${MOST_PANELS} panels.`,
    );
  return column.names.length === 0 ? undefined : column;
}

/** The column that makes series. Throws PlotError when it makes too many. */
export function seriesOf(column: Column): Column {
  const named = asNames(column);
  if (named.names.length > MOST_SERIES)
    throw new PlotError(
      `The column ${JSON.stringify(column.name)} has ${named.names.length} values; a plot tells at most ${MOST_SERIES} series apart.`,
    );
  return named;
}

/** Whether there are more values than series can be told apart. */
export const isShaded = ({ type, values }: Column): boolean =>
  type !== 'name' && new Set(values.length > 1000 ? values.subarray(0, 1000) : values).size > MOST_SERIES;

/** The columns that a spec names: none, one or several. */
export const listOf = (words: string | readonly string[] | undefined): readonly string[] =>
  words === undefined ? [] : typeof words === 'string' ? [words] : words;

/** The rows that fit, by panel and series; `left` is how many do not fit. */
export function grouped(
  { color, series, facet, panels, y }: Layout,
  fits: (row: number) => boolean,
): { groups: Group[]; left: number } {
  const { length } = y.values;
  const places = new Int32Array(length);
  const counts = new Array<number>(series.length * panels.length).fill(0);
  let left = 0;
  for (let i = 0; i < length; i += 1) {
    const one = color ? (color.values[i] as number) : 0;
    const panel = facet ? (facet.values[i] as number) : 0;
    const place = one >= 0 && panel >= 0 && fits(i) ? panel * series.length + one : -1;
    places[i] = place;
    if (place < 0) left += 1;
    else counts[place] = (counts[place] as number) + 1;
  }
  const groups = counts.map((count, i) => ({
    panel: Math.floor(i / series.length),
    series: i % series.length,
    rows: new Uint32Array(count),
  }));
  const filled = new Array<number>(groups.length).fill(0);
  for (let i = 0; i < length; i += 1) {
    const place = places[i] as number;
    if (place < 0) continue;
    const at = filled[place] as number;
    (groups[place] as Group).rows[at] = i;
    filled[place] = at + 1;
  }
  return { groups, left };
}

/** The values of some rows. */
export function taken(values: Float64Array, rows: Uint32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) out[i] = values[rows[i] as number] as number;
  return out;
}

/** The least and the greatest of the finite numbers; 0 to 1 when there are none. */
export function rangeOf(all: Iterable<Float64Array>): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of all)
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] as number;
      if (value < low && value > Number.NEGATIVE_INFINITY) low = value;
      if (value > high && value < Number.POSITIVE_INFINITY) high = value;
    }
  return low <= high ? [low, high] : [0, 1];
}

/** A scale for a column, with some room around its range where it is linear. */
export function scaleFor(
  column: Column,
  [low, high]: readonly [number, number],
  isLog: boolean,
  room = 0,
): Scale {
  if (column.type === 'name') return bandScale(column.names);
  if (isLog) return logScale(low || 1, high);
  // Halves, because the difference of the largest numbers overflows.
  const more = (high / 2 - low / 2) * room * 2;
  const [from, to] = [Math.max(low - more, -Number.MAX_VALUE), Math.min(high + more, Number.MAX_VALUE)];
  return column.type === 'time' ? timeScale(from, to) : linearScale(from, to);
}

/** Title and names of the axes; a time axis says its day where its marks do not. */
export function labelsOf(
  { title = '' }: PlotSpec,
  x: string | Column,
  xs: Scale | undefined,
  yLabel: string,
) {
  const name = typeof x === 'string' ? x : x.name;
  return { title, xLabel: xs?.type === 'time' ? timeLabelOf(name, xs) : name, yLabel };
}

function timeLabelOf(name: string, { domain: [low, high] }: Scale): string {
  const [from, to] = [low, high].map((ms) =>
    (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : '').slice(0, -14),
  );
  return from === to && from ? `${name}, ${from} UTC` : `${name}, UTC`;
}

/** Throws PlotError when a column has no place on a logarithmic axis. */
export function checkLog(column: Column, drawn: number): void {
  const name = JSON.stringify(column.name);
  if (column.type !== 'number')
    throw new PlotError(`The column ${name} is no number: its axis cannot be logarithmic.`);
  if (drawn === 0 && column.values.some(Number.isFinite) && !column.values.some((v) => v > 0))
    throw new PlotError(`The column ${name} has no positive value: leave out log.`);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
