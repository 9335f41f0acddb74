import { type Column, type Columns, namesOfType } from './column.ts';
import type { Figure, Strands } from './figure.ts';
import { facetOf, grouped, isShaded, labelsOf, listOf, rangeOf, scaleFor, seriesOf } from './layout.ts';
import { PlotError } from './plot-error.ts';
import { panelsOf } from './points.ts';
import { bandScale, linearScale } from './scale.ts';
import type { PlotSpec } from './spec.ts';

/** Most lines that are drawn, taken at equal distances, and most axes. */
const MOST_LINES = 2000;
const MOST_AXES = 30;
/** Shades that lines have. */
const LEVELS = 12;

/** Parallel coordinates: a line for each row, through its value on each of the axes. A line is broken where a value is missing. */
export function parallelFigure(columns: Columns, spec: PlotSpec): Figure {
  const wanted = listOf(spec.y);
  const axes = (wanted.length > 0 ? wanted.map((name) => columns.get(name)) : numbersOf(columns, spec)).map(
    (column) => ({ column, scale: scaleFor(column, rangeOf([column.values]), false) }),
  );
  if (columns.length > 0 && axes.length < 2)
    throw new PlotError('Parallel coordinates need two axes at least: name the columns in y.');
  if (axes.length > MOST_AXES)
    throw new PlotError(`y has ${axes.length} columns; parallel coordinates show at most ${MOST_AXES}.`);
  const colour = spec.color === undefined ? undefined : columns.get(spec.color);
  const shaded = colour && isShaded(colour) ? colour : undefined;
  const color = colour && !shaded ? seriesOf(colour) : undefined;
  const facet = facetOf(columns, spec);
  const layout = {
    spec,
    x: first(axes.map(({ column }) => column)),
    y: first(axes.map(({ column }) => column)),
    color,
    series: color?.names ?? [''],
    facet,
    panels: facet?.names ?? [''],
  };
  const { groups, left } = grouped(
    layout,
    (i) =>
      axes.filter(({ column }) => Number.isFinite(column.values[i])).length > 1 &&
      (!shaded || Number.isFinite(shaded.values[i])),
  );
  const drawn = columns.length - left;
  const every = Math.max(1, Math.ceil(drawn / MOST_LINES));
  const shading = shaded ? linearScale(...rangeOf([shaded.values])) : undefined;
  const marks: Strands[] = [];
  const owners: { panel: number }[] = [];
  for (const { panel, series, rows } of groups) {
    const kept = rows.filter((_, i) => i % every === 0);
    const levels = new Map<number, number[]>();
    for (const row of kept) {
      const part = shaded && shading ? shading.place(shaded.values[row] as number) : 0;
      const level = Math.min(LEVELS - 1, Math.floor(part * LEVELS));
      const own = levels.get(level) ?? [];
      own.push(row);
      levels.set(level, own);
    }
    for (const [level, own] of [...levels].sort(([a], [b]) => a - b)) {
      marks.push({
        type: 'strands',
        series,
        ...(shading ? { shade: level / (LEVELS - 1) } : {}),
        ...strandsOf(own, axes),
      });
      owners.push({ panel });
    }
  }
  return {
    ...labelsOf(spec, '', undefined, ''),
    kind: 'parallel',
    x: bandScale(axes.map(({ column }) => column.name)),
    y: linearScale(0, 1),
    series: layout.series,
    ...(shaded && shading ? { shades: { scale: shading, label: shaded.name } } : {}),
    axes: axes.map(({ column, scale }, x) => ({ x, label: column.name, scale })),
    panels: panelsOf(layout, owners, marks),
    left,
    drawn,
    ...(every > 1 ? { note: `1 of ${every} rows drawn` } : {}),
  };
}

const numbersOf = (columns: Columns, { color, facet }: PlotSpec): Column[] =>
  namesOfType(columns, 'number')
    .filter((name) => name !== color && name !== facet)
    .map((name) => columns.get(name));

const first = (columns: readonly Column[]): Column =>
  columns[0] ?? { name: '', type: 'number', values: new Float64Array(), names: [] };

function strandsOf(
  rows: readonly number[],
  axes: readonly { column: Column; scale: { place(value: number): number } }[],
): { x: Float64Array; y: Float64Array } {
  const wide = axes.length + 1;
  const x = new Float64Array(rows.length * wide).fill(Number.NaN);
  const y = new Float64Array(rows.length * wide).fill(Number.NaN);
  rows.forEach((row, i) => {
    axes.forEach(({ column, scale }, k) => {
      const value = column.values[row] as number;
      if (!Number.isFinite(value)) return;
      x[i * wide + k] = k;
      y[i * wide + k] = scale.place(value);
    });
  });
  return { x, y };
}
