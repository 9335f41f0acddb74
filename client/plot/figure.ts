import type { Scale } from './scale.ts';
import type { PlotKind } from './spec.ts';

/** Something drawn, in units of the data; `series` gives it its colour and shape. */
export type Mark = Line | Points | Area | Bars | Boxes | Cells | Strands;

/** Points joined in order. */
export interface Line {
  readonly type: 'line';
  readonly series: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Points; where there are shades (0 to 1), these colour them instead of the series. */
export interface Points {
  readonly type: 'points';
  readonly series: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly shades?: Float64Array;
}

/** The surface between two lines over the same `x`. */
export interface Area {
  readonly type: 'area';
  readonly series: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly y2: Float64Array;
}

/** Bars of one series from 0 to a height. */
export interface Bars {
  readonly type: 'bars';
  readonly series: number;
  readonly bars: readonly Bar[];
}

/** One of them, across a stretch of the horizontal axis. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly y: number;
}

/** Boxes of one series after Tukey: the quartiles, whiskers to the last values within 1.5 of their distance, and the values beyond. */
export interface Boxes {
  readonly type: 'boxes';
  readonly series: number;
  readonly boxes: readonly Box[];
}

/** One of them; `low` and `high` are the ends of the whiskers. */
export interface Box {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly high: number;
  readonly beyond: Float64Array;
}

/** Rectangles coloured by a value, whose place on the scale of shades is `shade`. */
export interface Cells {
  readonly type: 'cells';
  readonly cells: readonly Cell[];
}

/** One of them, by the edges of its sides. */
export interface Cell {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly value: number;
  readonly shade: number;
}

/** Many lines of one colour: a NaN ends each of them. */
export interface Strands {
  readonly type: 'strands';
  readonly series: number;
  readonly shade?: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** A vertical axis within the picture, whose scale places values from 0 to 1 on the vertical axis. */
export interface InnerAxis {
  readonly x: number;
  readonly label: string;
  readonly scale: Scale;
}

/** One of the pictures side by side; they have the same axes. */
export interface Panel {
  readonly title: string;
  readonly marks: readonly Mark[];
}

/** What every back end draws: scales, and marks in units of the data. */
export interface Figure {
  readonly kind: PlotKind;
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly x: Scale;
  readonly y: Scale;
  /** Names of the series; a single one without a name needs no legend. */
  readonly series: readonly string[];
  /** What shades mean. */
  readonly shades?: { readonly scale: Scale; readonly label: string };
  /** Axes that stand in place of the vertical one. */
  readonly axes?: readonly InnerAxis[];
  readonly panels: readonly Panel[];
  /** Rows that have no place on an axis: missing, not finite, or not positive where the axis is logarithmic. */
  readonly left: number;
  readonly drawn: number;
  /** Anything else that the reader must know. */
  readonly note?: string;
}

/** Whether the series are to be told apart. */
export const hasLegend = ({ series }: Figure): boolean => series.length > 1 || (series[0] ?? '') !== '';

/** What to know of the rows that are not drawn; empty when all are. */
export const remarkOf = ({ left, note }: Figure): string =>
  [left === 1 ? '1 row left out' : left > 1 ? `${left} rows left out` : '', note ?? '']
    .filter(Boolean)
    .join('; ');

/** Says in a sentence what a figure shows, for readers who do not see it. */
export function describe(figure: Figure): string {
  const { kind, yLabel, xLabel, drawn, panels, shades } = figure;
  const names = figure.series.filter((name) => name !== '');
  const of = names.length > 0 ? `, by ${names.join(', ')}` : '';
  const shaded = shades ? `, shaded by ${shades.label}` : '';
  const facets = panels.length > 1 ? ` in ${panels.length} panels` : '';
  const what =
    kind === 'parallel' ? 'Parallel coordinates' : kind === 'heatmap' ? 'A heat map' : `A ${kind} plot`;
  const axes =
    kind === 'parallel'
      ? (figure.axes ?? []).map(({ label }) => label).join(', ')
      : `${yLabel} over ${xLabel}`;
  const remark = remarkOf(figure);
  return `${what} of ${axes}${of}${shaded}${facets}: ${drawn} rows.${remark ? ` ${remark}.` : ''}`;
}
