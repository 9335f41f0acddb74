import { barFigure, histogramFigure } from './bars.ts';
import { boxFigure } from './boxes.ts';
import { type Columns, columnsOf } from './column.ts';
import type { Figure } from './figure.ts';
import { heatMapFigure } from './heat-map.ts';
import { parallelFigure } from './parallel.ts';
import { PlotError } from './plot-error.ts';
import { pointsFigure } from './points.ts';
import type { PlotData, PlotKind, PlotSpec } from './spec.ts';

/** Who lays out each kind. */
const KINDS: Readonly<Record<PlotKind, (columns: Columns, spec: PlotSpec) => Figure>> = {
  line: (columns, spec) => pointsFigure(columns, spec, 'line'),
  scatter: (columns, spec) => pointsFigure(columns, spec, 'scatter'),
  area: (columns, spec) => pointsFigure(columns, spec, 'area'),
  histogram: histogramFigure,
  bar: barFigure,
  box: boxFigure,
  heatmap: heatMapFigure,
  parallel: parallelFigure,
};

/** The kinds of plots. */
export const PLOT_KINDS = Object.keys(KINDS) as readonly PlotKind[];

/** Lays data out as the spec says. Throws PlotError, which names the column or the option. */
export function figureOf(data: PlotData, spec: PlotSpec): Figure {
  const kind = spec.kind ?? 'line';
  check(spec, kind);
  return KINDS[kind](columnsOf(data), spec);
}

function check({ bins, width, height, log, y2 }: PlotSpec, kind: PlotKind): void {
  if (!Object.hasOwn(KINDS, kind))
    throw new PlotError(`There is no kind of plot ${JSON.stringify(kind)}: ${PLOT_KINDS.join(', ')}.`);
  if (bins !== undefined && !(Number.isInteger(bins) && bins > 0 && bins <= 10_000))
    throw new PlotError(`bins is a whole number from 1 to 10000, but it is ${bins}.`);
  if (bins !== undefined && bins > 200 && kind === 'heatmap')
    throw new PlotError(`bins of a heat map is at most 200, but it is ${bins}.`);
  for (const [side, size = 400] of [
    ['width', width],
    ['height', height],
  ] as const)
    if (!(size >= 120 && size <= 10_000))
      throw new PlotError(`${side} is from 120 to 10000, but it is ${size}.`);
  if (log !== undefined && !['x', 'y', 'xy'].includes(log))
    throw new PlotError(`log is x, y or xy, but it is ${JSON.stringify(log)}.`);
  if (log !== undefined && (kind === 'bar' || kind === 'histogram'))
    throw new PlotError(`A ${kind} starts at 0, which a logarithmic axis does not have: leave out log.`);
  if (log !== undefined && (kind === 'heatmap' || kind === 'parallel' || (kind === 'box' && log !== 'y')))
    throw new PlotError(
      `An axis of kind ${kind} cannot be logarithmic${kind === 'box' ? ' but y' : ''}: leave out log.`,
    );
  if (y2 !== undefined && kind !== 'area')
    throw new PlotError(`y2 is the other edge of an area; the kind is ${kind}.`);
}
