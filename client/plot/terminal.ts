import type { Figure, Series } from './figure.ts';
import { ticksThatFit } from './scale.ts';
import { thinLine } from './thin-out.ts';

/** Size and means of a terminal. */
export interface TerminalOptions {
  /** Columns, 80 when not given; at least 30. */
  readonly width?: number;
  /** Lines, 20 when not given; at least 8. */
  readonly height?: number;
  /** Draws with ASCII characters alone. */
  readonly ascii?: boolean;
}

/** A piece of a line; the series that it belongs to gives it its colour. */
export interface Span {
  readonly text: string;
  readonly series?: number;
}

/** Marks of series, which tell them apart without colour. */
const GLYPHS = '*+ox#@%&=~^$';
const EIGHTHS = ' ▁▂▃▄▅▆▇█';
/** Fills of the bars of several series. */
const FILLS = '█▓▒░';
/** Bit of each of the 2 × 4 dots of a braille character, by row and column. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Draws a figure with characters, as lines of spans. No line is wider than asked, and none has an escape code. */
export function toTerminal(figure: Figure, options: TerminalOptions = {}): Span[][] {
  const ascii = options.ascii ?? false;
  const width = Math.max(30, Math.floor(options.width ?? 80));
  const isNamed = figure.series.length > 1 || (figure.series[0]?.name ?? '') !== '';
  const legend = isNamed ? legendLines(figure, width, ascii) : [];
  const head = (figure.title ? 1 : 0) + legend.length + 1;
  const rows = Math.max(3, Math.max(8, Math.floor(options.height ?? 20)) - head - 3);

  const yTicks = figure.y.ticks(Math.max(2, Math.floor(rows / 3)));
  const gutter = Math.min(Math.floor(width / 3), Math.max(1, ...yTicks.map(({ label }) => lengthOf(label))));
  const columns = width - gutter - 2;
  const rowOf = (value: number): number =>
    Math.min(rows - 1, Math.max(0, Math.round((1 - figure.y.place(value)) * (rows - 1))));
  const labels = new Map(yTicks.map(({ value, label }) => [rowOf(value), label]));

  const cells = Array.from({ length: rows }, () => new Array<Span | undefined>(columns));
  if (figure.bars.length > 0) drawBars(figure, cells, columns, ascii);
  else drawPoints(figure, cells, columns, ascii);

  const lines: Span[][] = [];
  if (figure.title) lines.push([{ text: cut(figure.title, width, ascii) }]);
  lines.push(...legend, [{ text: cut(figure.yLabel, width, ascii) }]);
  cells.forEach((row, i) => {
    const label = cut(labels.get(i) ?? '', gutter, ascii).padStart(gutter);
    const axis = ascii ? '|' : labels.has(i) ? '┤' : '│';
    lines.push(joined([{ text: `${label} ${axis}` }, ...Array.from(row, (cell) => cell ?? { text: ' ' })]));
  });
  lines.push(...xAxis(figure, gutter, columns, ascii));
  const note = figure.drawn === 0 ? '  (no data)' : figure.left > 0 ? `  (${figure.left} rows left out)` : '';
  const name = cut(figure.xLabel, Math.max(1, width - note.length), ascii);
  const indent = Math.max(0, Math.min(gutter + 2, width - lengthOf(name) - note.length));
  lines.push([{ text: `${' '.repeat(indent)}${name}${note}`.slice(0, width) }]);
  return lines;
}

/** The lines as text without colours. */
export const plainText = (lines: readonly (readonly Span[])[]): string =>
  lines
    .map((line) =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');

type Cells = (Span | undefined)[][];

function drawPoints(figure: Figure, cells: Cells, columns: number, ascii: boolean): void {
  const [fineX, fineY] = ascii ? [1, 1] : [2, 4];
  const wide = columns * fineX;
  const high = cells.length * fineY;
  const isMany = figure.series.length > 1;
  figure.series.forEach((series, i) => {
    const dots = new Set<number>();
    const put = (x: number, y: number): void => void dots.add(y * wide + x);
    const x = place(series.x, figure.x.place, wide);
    const y = place(series.y, (value) => 1 - figure.y.place(value), high);
    if (figure.kind === 'scatter') for (const [k, at] of x.entries()) put(at, y[k] as number);
    else joinDots({ name: series.name, x, y }, put);
    const bits = new Map<number, number>();
    for (const dot of dots) {
      const left = dot % wide;
      const top = Math.floor(dot / wide);
      const cell = Math.floor(top / fineY) * columns + Math.floor(left / fineX);
      bits.set(cell, (bits.get(cell) ?? 0) | (DOTS[top % fineY]?.[left % fineX] ?? 0));
    }
    for (const [cell, mask] of bits) {
      const row = cells[Math.floor(cell / columns)] as (Span | undefined)[];
      const text = ascii || isMany ? glyph(i) : String.fromCodePoint(0x2800 + mask);
      row[cell % columns] = { text, series: i };
    }
  });
}

const place = (values: Float64Array, part: (value: number) => number, size: number): Float64Array =>
  values.map((value) => Math.min(size - 1, Math.max(0, Math.round(part(value) * (size - 1)))));

// Bresenham's lines between the points that show.
function joinDots({ x, y }: Series, put: (x: number, y: number) => void): void {
  const kept = thinLine(x, y);
  kept.forEach((k, i) => {
    const before = kept[Math.max(0, i - 1)] as number;
    let [left, top] = [x[before] as number, y[before] as number];
    const [right, bottom] = [x[k] as number, y[k] as number];
    const stepX = Math.sign(right - left);
    const stepY = Math.sign(bottom - top);
    const wide = Math.abs(right - left);
    const high = -Math.abs(bottom - top);
    let error = wide + high;
    for (;;) {
      put(left, top);
      if (left === right && top === bottom) break;
      const twice = 2 * error;
      if (twice >= high) {
        error += high;
        left += stepX;
      }
      if (twice <= wide) {
        error += wide;
        top += stepY;
      }
    }
  });
}

function drawBars(figure: Figure, cells: Cells, columns: number, ascii: boolean): void {
  const rows = cells.length;
  const levelOf = (value: number): number => figure.y.place(value) * rows;
  const base = levelOf(0);
  const isMany = figure.series.length > 1;
  for (const { series, from, to, y } of figure.bars) {
    if (y === 0) continue;
    const first = Math.min(columns - 1, Math.max(0, Math.round(figure.x.place(from) * columns)));
    const last = Math.min(columns - 1, Math.max(first, Math.round(figure.x.place(to) * columns) - 1));
    const bottom = Math.min(base, levelOf(y));
    // A value that is not 0 shows as an eighth at least.
    const top = Math.max(base, levelOf(y), bottom + 1 / 8);
    for (let level = Math.floor(bottom + 1e-9); level < top - 1e-9; level += 1) {
      const row = cells[rows - 1 - Math.min(rows - 1, level)] as (Span | undefined)[];
      const eighths = Math.min(8, Math.max(1, Math.round((top - level) * 8)));
      const full = isMany ? FILLS[series % FILLS.length] : '█';
      const text = ascii ? (isMany ? glyph(series) : '#') : eighths === 8 || isMany ? full : EIGHTHS[eighths];
      for (let column = first; column <= last; column += 1) row[column] = { text: text ?? '#', series };
    }
  }
}

function xAxis(figure: Figure, gutter: number, columns: number, ascii: boolean): Span[][] {
  const line = new Array<string>(columns).fill(ascii ? '-' : '─');
  const words = new Array<string>(gutter + 2 + columns).fill(' ');
  let free = 0;
  for (const { value, label } of figure.x.ticks(
    ticksThatFit(figure.x, columns, 12, (label) => Math.min(lengthOf(label), 20) + 1),
  )) {
    const at = Math.round(figure.x.place(value) * (columns - 1));
    const name = [...cut(label, 20, ascii)];
    const centre = gutter + 2 + at - Math.floor(name.length / 2);
    const start = Math.max(0, Math.min(words.length - name.length, centre));
    line[at] = ascii ? '+' : '┬';
    if (start < free) continue;
    words.splice(start, name.length, ...name);
    free = start + name.length + 1;
  }
  return [
    [{ text: `${' '.repeat(gutter + 1)}${ascii ? '+' : '└'}${line.join('')}` }],
    [{ text: words.join('').trimEnd() }],
  ];
}

function legendLines(figure: Figure, width: number, ascii: boolean): Span[][] {
  const lines: Span[][] = [[]];
  let used = 0;
  figure.series.forEach(({ name }, series) => {
    const isBar = figure.bars.length > 0 && !ascii;
    const sign = isBar
      ? (FILLS[series % FILLS.length] as string)
      : figure.series.length > 1
        ? glyph(series)
        : '-';
    const label = cut(name || '(empty)', Math.floor(width / 2), ascii);
    const wide = lengthOf(label) + 4;
    if (used > 0 && used + wide > width) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push({ text: sign, series }, { text: ` ${label}  ` });
    used += wide;
  });
  return lines;
}

function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of spans) {
    const last = out.at(-1);
    if (last && last.series === span.series) out[out.length - 1] = { ...last, text: last.text + span.text };
    else out.push(span);
  }
  return out;
}

const glyph = (series: number): string => GLYPHS[series % GLYPHS.length] as string;
const lengthOf = (text: string): number => [...text].length;

// Names come from data: what would move the cursor, or is not ASCII where only that shows, is replaced.
function cut(text: string, width: number, ascii: boolean): string {
  const safe = text.toWellFormed().replace(ascii ? /[^ -~]/gu : /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  const letters = [...safe];
  return letters.length <= width
    ? safe
    : `${letters.slice(0, Math.max(0, width - 1)).join('')}${ascii ? '~' : '…'}`;
}
