import { type Figure, hasLegend, type Mark } from './figure.ts';
import type { Scale } from './scale.ts';
import type { PlotSpec } from './spec.ts';

type Json = Record<string, unknown>;

/** What a kind becomes: the data, the marks, and what they encode. */
interface Chart {
  readonly values: readonly Json[];
  /** One mark, or several upon each other. */
  readonly layers: readonly { readonly mark: unknown; readonly encoding?: Json; readonly where?: string }[];
  readonly encoding: Json;
}

/** A figure as a Vega-Lite 6 specification with its data; plain JSON. */
export function toVegaLite(figure: Figure, spec: PlotSpec, width: number, height: number): Json {
  const { values, layers, encoding } = chartOf(figure, spec);
  const isMany = figure.panels.length > 1;
  const columns = Math.max(1, Math.min(figure.panels.length, 4));
  const size = isMany
    ? { width: Math.round(width / columns), height: Math.round(height / columns) }
    : { width, height };
  const head = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...(figure.title ? { title: figure.title } : {}),
    data: { values },
  };
  const drawn = layers.map(({ mark, encoding: own = {}, where }) => ({
    ...(where === undefined ? {} : { transform: [{ filter: where }] }),
    mark,
    encoding: { ...encoding, ...own },
  }));
  const [first] = drawn;
  const unit = drawn.length === 1 && first ? first : { layer: drawn };
  if (!isMany) return { ...head, ...size, ...unit };
  return {
    ...head,
    facet: {
      field: 'panel',
      type: 'nominal',
      title: spec.facet,
      sort: figure.panels.map(({ title }) => title),
    },
    columns,
    spec: { ...size, ...unit },
  };
}

function chartOf(figure: Figure, spec: PlotSpec): Chart {
  const color = hasLegend(figure)
    ? {
        color: {
          field: 'series',
          type: 'nominal',
          title: figure.kind === 'box' ? spec.color : (spec.color ?? null),
          sort: figure.series,
        },
      }
    : {};
  const shade = figure.shades
    ? {
        color: {
          field: 'value',
          type: figure.shades.scale.type === 'time' ? 'temporal' : 'quantitative',
          title: figure.shades.label,
          scale: { scheme: 'viridis' },
        },
      }
    : {};
  const x = channel('x', figure.x, figure.xLabel);
  const y = channel('y', figure.y, figure.yLabel);
  switch (figure.kind) {
    case 'line':
    case 'scatter':
    case 'area': {
      const names = namesOf(figure.x);
      const back = figure.shades ? valueAt(figure.shades.scale) : undefined;
      const values = rowsOf(figure, (mark) =>
        mark.type === 'line' || mark.type === 'points' || mark.type === 'area'
          ? Array.from(mark.x, (value, i) => ({
              x: names[value] ?? value,
              y: mark.y[i],
              ...(mark.type === 'area' ? { y2: mark.y2[i] } : {}),
              ...(mark.type === 'points' && mark.shades && back
                ? { value: back(mark.shades[i] as number) }
                : {}),
              series: figure.series[mark.series],
            }))
          : [],
      );
      const y2 = figure.kind === 'area' ? { y2: { field: 'y2' } } : {};
      const mark = { line: 'line', scatter: 'point', area: { type: 'area', opacity: 0.4, line: true } }[
        figure.kind
      ];
      return { values, layers: [{ mark }], encoding: { x, y, ...y2, ...color, ...shade } };
    }
    case 'histogram':
    case 'bar':
      return barChart(figure, { x, color });
    case 'box':
      return boxChart(figure, { x, y, color });
    case 'heatmap': {
      const [across, up] = [sideOf('x', figure.x, figure.xLabel), sideOf('y', figure.y, figure.yLabel)];
      const values = rowsOf(figure, (mark) =>
        mark.type === 'cells'
          ? mark.cells.map((cell) => ({ ...across.of(cell.x), ...up.of(cell.y), value: cell.value }))
          : [],
      );
      return {
        values,
        layers: [{ mark: 'rect' }],
        encoding: { ...across.encoding, ...up.encoding, ...shade },
      };
    }
    case 'parallel':
      return parallelChart(figure, { ...color, ...shade });
  }
}

function barChart(figure: Figure, { x, color }: { x: Json; color: Json }): Chart {
  const names = namesOf(figure.x);
  const isBar = figure.kind === 'bar';
  const isUpon = !isBar && figure.series.length > 1;
  const values = rowsOf(figure, (mark) =>
    mark.type === 'bars'
      ? mark.bars.map(({ from, to, y }) => ({
          ...(isBar ? { x: names[Math.round((from + to) / 2)] } : { from, to }),
          y,
          series: figure.series[mark.series],
        }))
      : [],
  );
  const across = isBar
    ? { x }
    : {
        x: {
          field: 'from',
          type: figure.x.type === 'time' ? 'temporal' : 'quantitative',
          bin: 'binned',
          title: figure.xLabel,
        },
        x2: { field: 'to' },
      };
  const offset = figure.series.length > 1 && isBar ? { xOffset: { field: 'series' } } : {};
  const y = { y: { field: 'y', type: 'quantitative', title: figure.yLabel, stack: null } };
  return {
    values,
    layers: [{ mark: isUpon ? { type: 'bar', opacity: 0.5 } : 'bar' }],
    encoding: { ...across, ...offset, ...y, ...color },
  };
}

function boxChart(figure: Figure, { x, y, color }: { x: Json; y: Json; color: Json }): Chart {
  const names = namesOf(figure.x);
  const values = rowsOf(figure, (mark) =>
    mark.type === 'boxes'
      ? mark.boxes.flatMap(({ from, to, beyond, low, q1, median, q3, high }) => {
          const place = { x: names[Math.round((from + to) / 2)], series: figure.series[mark.series] };
          return [
            { ...place, low, q1, median, q3, high },
            ...Array.from(beyond, (value) => ({ ...place, beyond: value })),
          ];
        })
      : [],
  );
  const offset = figure.series.length > 1 ? { xOffset: { field: 'series' } } : {};
  const field = (name: string): Json => ({ ...y, field: name });
  const isBox = 'isValid(datum.median)';
  return {
    values,
    layers: [
      { mark: 'rule', where: isBox, encoding: { y: field('low'), y2: { field: 'high' } } },
      {
        mark: { type: 'bar', size: 24 },
        where: isBox,
        encoding: { y: { ...field('q1'), stack: null }, y2: { field: 'q3' } },
      },
      {
        mark: { type: 'tick', color: 'white', size: 24, thickness: 2 },
        where: isBox,
        encoding: { y: field('median'), color: {} },
      },
      { mark: 'point', where: 'isValid(datum.beyond)', encoding: { y: field('beyond') } },
    ],
    encoding: { x, ...offset, ...color },
  };
}

function parallelChart(figure: Figure, color: Json): Chart {
  const back = figure.shades ? valueAt(figure.shades.scale) : undefined;
  const axes = figure.axes ?? [];
  let line = 0;
  const values = rowsOf(figure, (mark) => {
    if (mark.type !== 'strands') return [];
    return Array.from(mark.x).flatMap((at, i): Json[] => {
      if (Number.isNaN(at)) {
        // A missing value breaks the line, as the end of a row does.
        line += 1;
        return [];
      }
      const scale = axes[at]?.scale;
      return [
        {
          line,
          axis: axes[at]?.label,
          place: mark.y[i],
          at: scale ? valueAt(scale)(mark.y[i] as number) : null,
          series: figure.series[mark.series],
          ...(mark.shade === undefined || !back ? {} : { value: back(mark.shade) }),
        },
      ];
    });
  });
  const labels = axes.map(({ label }) => label);
  const x = { field: 'axis', type: 'nominal', title: null, sort: labels, axis: { labelAngle: 0 } };
  const y = { field: 'place', type: 'quantitative', axis: null, scale: { domain: [0, 1] } };
  const tooltip = [{ field: 'axis' }, { field: 'at' }];
  return {
    values,
    layers: [{ mark: { type: 'line', opacity: 0.5 } }],
    encoding: { x, y, detail: { field: 'line' }, tooltip, ...color },
  };
}

/** The rows of each panel, with its name where there are several. */
const rowsOf = (figure: Figure, read: (mark: Mark) => readonly Json[]): Json[] =>
  figure.panels.flatMap(({ title, marks }) =>
    marks.flatMap((mark) =>
      figure.panels.length > 1 ? read(mark).map((row) => ({ ...row, panel: title })) : read(mark),
    ),
  );

/** The value that lies at a part of a linear or time scale. */
const valueAt =
  ({ domain: [low, high] }: Scale) =>
  (part: number): number =>
    low * (1 - part) + high * part;

const namesOf = (scale: Scale): readonly string[] =>
  scale.type === 'band' ? scale.ticks(Number.MAX_SAFE_INTEGER).map(({ label }) => label) : [];

function channel(field: string, scale: Scale, label: string): Json {
  const title = label || null;
  if (scale.type === 'band') return { field, type: 'ordinal', title, sort: namesOf(scale) };
  const { type, domain } = scale;
  return {
    field,
    type: type === 'time' ? 'temporal' : 'quantitative',
    title,
    scale: { type: type === 'time' ? 'utc' : type, domain: [...domain], zero: false, nice: false },
  };
}

/** An axis of a heat map: names, or the edges of bins. */
function sideOf(
  field: 'x' | 'y',
  scale: Scale,
  label: string,
): { encoding: Json; of(edges: readonly [number, number]): Json } {
  const names = namesOf(scale);
  if (scale.type === 'band')
    return {
      // The first name is on top, or where numbers have become names below.
      encoding: {
        [field]: {
          ...channel(field, scale, label),
          sort: field === 'y' && scale.place(0) < 0.5 && names.length > 1 ? names.toReversed() : names,
        },
      },
      of: ([from, to]) => ({ [field]: names[Math.round((from + to) / 2)] }),
    };
  return {
    encoding: { [field]: channel(field, scale, label), [`${field}2`]: { field: `${field}2` } },
    of: ([from, to]) => ({ [field]: from, [`${field}2`]: to }),
  };
}
