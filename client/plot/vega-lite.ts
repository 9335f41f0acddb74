import type { Figure } from './figure.ts';
import type { PlotSpec } from './spec.ts';

/** A figure as a Vega-Lite 6 specification with its data; plain JSON. */
export function toVegaLite(
  figure: Figure,
  spec: PlotSpec,
  width: number,
  height: number,
): Record<string, unknown> {
  const isNamed = figure.series.length > 1 || (figure.series[0]?.name ?? '') !== '';
  const color = isNamed ? { color: { field: 'series', type: 'nominal', title: spec.color } } : {};
  const title = figure.title ? { title: figure.title } : {};
  const head = { $schema: 'https://vega.github.io/schema/vega-lite/v6.json', ...title, width, height };
  if (figure.bars.length > 0) {
    const bands = new Map(figure.x.ticks(Number.MAX_SAFE_INTEGER).map(({ value, label }) => [value, label]));
    const isBar = figure.kind === 'bar';
    const values = figure.bars.map(({ series, from, to, y }) => {
      const place = isBar ? { x: bands.get(Math.round(from / 2 + to / 2)) } : { from, to };
      return { ...place, y, series: figure.series[series]?.name };
    });
    const x = isBar
      ? { x: { field: 'x', type: 'ordinal', title: figure.xLabel, sort: null } }
      : {
          x: {
            field: 'from',
            type: figure.x.type === 'time' ? 'temporal' : 'quantitative',
            bin: 'binned',
            title: figure.xLabel,
          },
          x2: { field: 'to' },
        };
    const offset = isNamed && isBar ? { xOffset: { field: 'series' } } : {};
    const y = { y: { field: 'y', type: 'quantitative', title: figure.yLabel, stack: null } };
    return { ...head, data: { values }, mark: 'bar', encoding: { ...x, ...offset, ...y, ...color } };
  }
  const names =
    figure.x.type === 'band' ? figure.x.ticks(Number.MAX_SAFE_INTEGER).map(({ label }) => label) : [];
  const values = figure.series.flatMap(({ name, x, y }) =>
    Array.from(x, (value, i) => ({ x: names[value] ?? value, y: y[i], series: name })),
  );
  const channel = (axis: 'x' | 'y', label: string) => {
    const { type, domain } = figure[axis];
    if (type === 'band') return { field: axis, type: 'ordinal', title: label, sort: null };
    const scale = { type: type === 'time' ? 'utc' : type, domain: [...domain], zero: false, nice: false };
    return { field: axis, type: type === 'time' ? 'temporal' : 'quantitative', title: label, scale };
  };
  return {
    ...head,
    data: { values },
    mark: figure.kind === 'line' ? 'line' : 'point',
    encoding: { x: channel('x', figure.xLabel), y: channel('y', figure.yLabel), ...color },
  };
}
