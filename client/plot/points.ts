import type { Column, Columns } from './column.ts';
import type { Figure, Mark } from './figure.ts';
import {
  checkLog,
  grouped,
  isShaded,
  type Layout,
  labelsOf,
  layoutOf,
  listOf,
  rangeOf,
  scaleFor,
  taken,
} from './layout.ts';
import { PlotError } from './plot-error.ts';
import { linearScale } from './scale.ts';
import type { PlotSpec } from './spec.ts';

/** Room around the data of an axis, in parts of its length. */
const ROOM = 0.03;

/** Lines, areas and scatter plots: a point for each row. */
export function pointsFigure(columns: Columns, spec: PlotSpec, kind: 'line' | 'scatter' | 'area'): Figure {
  const tone = shadeColumn(columns, spec, kind);
  const layout = layoutOf(columns, tone ? without(spec) : spec);
  const { x, y } = layout;
  if (y.type === 'name') throw new PlotError(`The column ${JSON.stringify(y.name)} has names, not numbers.`);
  const isLogX = spec.log?.includes('x') ?? false;
  const isLogY = spec.log?.includes('y') ?? false;
  if (isLogY && kind === 'area')
    throw new PlotError(
      'An area starts at 0, which a logarithmic axis does not have: leave out log, or use line.',
    );
  const other = kind === 'area' ? otherEdge(columns, spec, y) : undefined;
  const fits = (value: number, isLog: boolean): boolean => Number.isFinite(value) && (!isLog || value > 0);
  const { groups, left } = grouped(
    layout,
    (i) =>
      fits(x.values[i] as number, isLogX) &&
      fits(y.values[i] as number, isLogY) &&
      (!other || Number.isFinite(other[i])) &&
      (!tone || Number.isFinite(tone.values[i])),
  );
  const drawn = y.values.length - left;
  if (isLogX) checkLog(x, drawn);
  if (isLogY) checkLog(y, drawn);
  const shading = tone ? linearScale(...rangeOf([tone.values])) : undefined;
  const marks = groups.map(({ series, rows }): Mark => {
    if (kind !== 'scatter') sortBy(rows, x.values);
    const at = { series, x: taken(x.values, rows), y: taken(y.values, rows) };
    if (kind === 'area')
      return { type: 'area', ...at, y2: other ? taken(other, rows) : new Float64Array(rows.length) };
    if (kind === 'line') return { type: 'line', ...at };
    return tone && shading
      ? { type: 'points', ...at, shades: taken(tone.values, rows).map(shading.place) }
      : { type: 'points', ...at };
  });
  const of = (read: (mark: Extract<Mark, { x: unknown }>) => Float64Array): Float64Array[] =>
    marks.flatMap((mark) => ('x' in mark ? [read(mark)] : []));
  const edges = marks.flatMap((mark) => (mark.type === 'area' ? [mark.y2] : []));
  const scale = scaleFor(x, rangeOf(of((mark) => mark.x)), isLogX, kind === 'scatter' ? ROOM : 0);
  return {
    ...labelsOf(spec, x, scale, y.name),
    kind,
    x: scale,
    y: scaleFor(y, rangeOf([...of((mark) => mark.y), ...edges]), isLogY, ROOM),
    series: layout.series,
    ...(tone && shading ? { shades: { scale: shading, label: tone.name } } : {}),
    panels: panelsOf(layout, groups, marks),
    left,
    drawn,
  };
}

/** The marks of each panel, in the order of the series. */
export const panelsOf = (
  { panels }: Pick<Layout, 'panels'>,
  groups: readonly { panel: number }[],
  marks: readonly Mark[],
): Figure['panels'] =>
  panels.map((title, panel) => ({ title, marks: marks.filter((_, i) => groups[i]?.panel === panel) }));

function shadeColumn(columns: Columns, { color, y }: PlotSpec, kind: string): Column | undefined {
  if (kind !== 'scatter' || color === undefined || listOf(y).length > 1) return undefined;
  const column = columns.get(color);
  return isShaded(column) ? column : undefined;
}

function without({ color: _, ...spec }: PlotSpec): PlotSpec {
  return spec;
}

function otherEdge(columns: Columns, { y, y2 }: PlotSpec, { type }: Column): Float64Array | undefined {
  if (y2 === undefined) return undefined;
  if (listOf(y).length > 1) throw new PlotError('y2 belongs to one y: give one column of y.');
  const column = columns.get(y2);
  if (column.type !== type)
    throw new PlotError(`The column ${JSON.stringify(y2)} has ${column.type}s, unlike the other edge.`);
  return column.values;
}

// Rows are mostly in order already: then nothing is sorted.
function sortBy(rows: Uint32Array, keys: Float64Array): void {
  for (let i = 1; i < rows.length; i += 1)
    if ((keys[rows[i - 1] as number] as number) > (keys[rows[i] as number] as number)) {
      rows.sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
      return;
    }
}
