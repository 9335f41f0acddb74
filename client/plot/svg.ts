import { createHash } from 'node:crypto';
import { type Colours, coloursOf, darkRule, shadeColour, type Theme } from './colours.ts';
import { describe, type Figure, hasLegend, type InnerAxis, type Panel, remarkOf } from './figure.ts';
import { type Scale, type Tick, ticksThatFit } from './scale.ts';
import { drawn, type Ground, n, shortest, sign } from './svg-marks.ts';

/** How an SVG is coloured. */
export interface SvgOptions {
  /** Colours that follow the page's light or dark scheme (`auto`), or plain ones for programs without CSS variables. */
  readonly theme?: Theme;
}

const FONT = 11;
/** Mean width of a character of a sans serif font, in parts of its size. */
const WIDE = 0.58;
/** Height of a line of a legend, and of what stands above a panel. */
const ROW = 18;
/** Fewest pixels that a panel is wide. */
const LEAST_PANEL = 190;

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Draws a figure as a standalone SVG; the same figure gives the same bytes. */
export function toSvg(
  figure: Figure,
  width: number,
  height: number,
  { theme = 'auto' }: SvgOptions = {},
): string {
  const pen = new Pen(coloursOf(theme));
  const remark = remarkOf(figure);
  const noteRoom = remark ? textWidth(remark) + 16 : 0;
  if (remark) pen.text(width - 8, 14, cut(remark, width - 16), { anchor: 'end' });
  let top = 8;
  if (figure.title) {
    pen.text(8, 20, cut(figure.title, Math.max(60, width - 16 - noteRoom), 15), {
      look: 'font-size:15px;font-weight:600',
      ink: 'ink',
    });
    top = 28;
  } else if (remark) top = 18;
  const ends = directLabels(figure, width, height);
  if (!ends) top = legend(pen, figure, width, top);
  if (figure.shades) top = shadeLegend(pen, figure.shades, width, top);
  const grid = gridOf(figure.panels.length, width);
  const bottom = height - 40;
  const yTicks =
    figure.y.type === 'band'
      ? figure.y.ticks(Number.MAX_SAFE_INTEGER)
      : figure.y.ticks(Math.max(2, Math.floor((bottom - top) / grid.rows / 45)));
  const isMany = figure.panels.length > 1;
  // The name of the axis stands beside panels, not above them.
  const widest = Math.min(Math.max(0, ...yTicks.map(({ label }) => textWidth(label))), width / 4);
  const gutter = figure.axes ? 40 : Math.ceil(widest) + 14 + (isMany && figure.yLabel ? FONT + 3 : 0);
  const right = width - (ends ? ends.room : 18);
  const head = figure.axes || figure.yLabel || isMany ? 22 : 8;
  const wide = (right - gutter - (grid.columns - 1) * 14) / grid.columns;
  const high = (bottom - top) / grid.rows;
  figure.panels.forEach((panel, i) => {
    const column = i % grid.columns;
    const row = Math.floor(i / grid.columns);
    const frame = {
      left: gutter + column * (wide + 14),
      right: gutter + column * (wide + 14) + wide,
      top: top + row * high + head,
      bottom: top + (row + 1) * high - (row === grid.rows - 1 ? 0 : 6),
    };
    const isLast = i + grid.columns >= figure.panels.length;
    if (!figure.axes) {
      if (figure.kind !== 'heatmap') gridLines(pen, figure.y, yTicks, frame);
      if (column === 0) yLabels(pen, figure.y, yTicks, frame, width / 4);
      xAxis(pen, figure.x, frame, {
        isNamed: isLast,
        // Words may stand out of a panel, up to its neighbour.
        from: column === 0 ? 1 : frame.left - 5,
        to: column === grid.columns - 1 ? width - 1 : frame.right + 5,
      });
    }
    if (isMany)
      pen.text((frame.left + frame.right) / 2, frame.top - 7, cut(panel.title || '(empty)', wide), {
        anchor: 'middle',
        ink: 'ink',
      });
    draw(pen, panel, figure, frame, ends?.labels);
    // Their words stand upon the lines.
    if (figure.axes) innerAxes(pen, figure.axes, figure, frame);
  });
  if (figure.xLabel)
    pen.text((gutter + right) / 2, height - 8, cut(figure.xLabel, width - 20), {
      anchor: 'middle',
      ink: 'ink',
    });
  if (figure.yLabel && !isMany) pen.text(8, top + head - 10, cut(figure.yLabel, width / 2), { ink: 'ink' });
  else if (figure.yLabel) pen.turned(10, (top + bottom) / 2, cut(figure.yLabel, bottom - top));
  if (figure.drawn === 0)
    pen.text(width / 2, (top + bottom) / 2, 'no data', { anchor: 'middle', look: 'font-size:14px' });
  return wrapped(figure, pen.content(), { width, height, theme });
}

/** Collects the pieces of an SVG. */
class Pen {
  readonly colours: Colours;
  readonly #parts: string[] = [];

  constructor(colours: Colours) {
    this.colours = colours;
  }

  add(piece: string): void {
    if (piece) this.#parts.push(piece);
  }

  text(
    x: number,
    y: number,
    words: string,
    {
      anchor = 'start',
      ink = 'dim',
      look = '',
      fill,
    }: { anchor?: 'start' | 'middle' | 'end'; ink?: 'ink' | 'dim'; look?: string; fill?: string } = {},
  ): void {
    const style = `fill:${fill ?? this.colours.ink(ink)}${look ? `;${look}` : ''}`;
    this.add(
      `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}" style="${style}">${escapeXml(words)}</text>`,
    );
  }

  /** Words that are read from below. */
  turned(x: number, y: number, words: string): void {
    this.add(
      `<text transform="translate(${n(x)} ${n(y)}) rotate(-90)" text-anchor="middle" style="fill:${this.colours.ink('ink')}">${escapeXml(words)}</text>`,
    );
  }

  rule(d: string, ink: 'grid' | 'dim'): void {
    this.add(`<path d="${d}" style="fill:none;stroke:${this.colours.ink(ink)}"/>`);
  }

  content(): string {
    return this.#parts.join('\n');
  }
}

const placeX =
  (scale: Scale, { left, right }: Frame) =>
  (value: number): number =>
    left + scale.place(value) * (right - left);
const placeY =
  (scale: Scale, { top, bottom }: Frame) =>
  (value: number): number =>
    bottom - scale.place(value) * (bottom - top);

function draw(pen: Pen, panel: Panel, figure: Figure, frame: Frame, labels?: readonly string[]): void {
  const { colours } = pen;
  const ground: Ground = {
    px: placeX(figure.x, frame),
    py: placeY(figure.y, frame),
    colours,
    isHistogram: figure.kind === 'histogram',
    isUpon: figure.kind === 'histogram' && figure.series.length > 1,
  };
  for (const mark of panel.marks) pen.add(drawn(mark, ground));
  if (!labels) return;
  const ends = panel.marks.flatMap((mark) =>
    mark.type === 'line' && mark.y.length > 0
      ? [{ series: mark.series, y: ground.py(mark.y.at(-1) as number) }]
      : [],
  );
  for (const { series, y } of apart(ends, frame))
    pen.text(frame.right + 6, y + 4, labels[series] ?? '', { fill: colours.hue(series) });
}

/** Moves labels up and down until none covers another. */
function apart<T extends { y: number }>(labels: readonly T[], { top, bottom }: Frame): T[] {
  const sorted = labels.toSorted((a, b) => a.y - b.y);
  const gap = FONT + 2;
  let least = top - 4;
  const down = sorted.map((label) => {
    const y = Math.max(label.y, least);
    least = y + gap;
    return { ...label, y };
  });
  let most = bottom + 4;
  return down
    .toReversed()
    .map((label) => {
      const y = Math.min(label.y, most);
      most = y - gap;
      return { ...label, y };
    })
    .toReversed();
}

/** Lines are named at their ends, where there is room, so that the eye need not go to a legend and back. */
function directLabels(
  figure: Figure,
  width: number,
  height: number,
): { room: number; labels: string[] } | undefined {
  if (figure.kind !== 'line' || !hasLegend(figure) || figure.panels.length > 1 || width < 400)
    return undefined;
  if (figure.series.length * (FONT + 2) > height - 110) return undefined;
  const labels = figure.series.map((name) => cut(name || '(empty)', width / 4));
  return { room: Math.ceil(Math.max(...labels.map((label) => textWidth(label)))) + 14, labels };
}

function legend(pen: Pen, figure: Figure, width: number, top: number): number {
  if (!hasLegend(figure)) return top;
  const type = figure.panels[0]?.marks[0]?.type ?? 'line';
  let x = 8;
  let y = top + 10;
  figure.series.forEach((name, series) => {
    const label = cut(name || '(empty)', width / 3);
    const wide = 26 + textWidth(label) + 16;
    if (x + wide > width && x > 8) {
      x = 8;
      y += ROW;
    }
    pen.add(sign(type, series, x, y, pen.colours));
    pen.text(x + 26, y + 4, label);
    x += wide;
  });
  return y + 8;
}

const SHADE_STEPS = 24;

function shadeLegend(
  pen: Pen,
  { scale, label }: NonNullable<Figure['shades']>,
  width: number,
  top: number,
): number {
  const [low, high] = scale.domain.map((value) => shortNumber(value, scale));
  const name = cut(label, width / 3);
  let x = 8;
  pen.text(x, top + 14, name, { ink: 'ink' });
  x += textWidth(name) + 10;
  pen.text(x, top + 14, low ?? '');
  x += textWidth(low ?? '') + 5;
  const step = 4;
  for (let i = 0; i < SHADE_STEPS; i += 1)
    pen.add(
      `<path d="M${n(x + i * step)} ${n(top + 5)}h${step + 0.3}v10h-${step + 0.3}z" style="fill:${shadeColour(i / (SHADE_STEPS - 1))}"/>`,
    );
  pen.text(x + SHADE_STEPS * step + 5, top + 14, high ?? '');
  return top + ROW;
}

/** A value at the end of a scale, as its marks would write it. */
export function shortNumber(value: number, scale: Scale): string {
  if (scale.type === 'time' && Math.abs(value) <= 8.64e15) return new Date(value).toISOString().slice(0, -8);
  return shortest(value);
}

function gridOf(count: number, width: number): { columns: number; rows: number } {
  const most = Math.max(1, Math.floor(width / LEAST_PANEL));
  const columns = Math.max(1, Math.min(most, count <= 3 ? count : Math.ceil(Math.sqrt(count))));
  return { columns, rows: Math.max(1, Math.ceil(count / columns)) };
}

function gridLines(pen: Pen, y: Scale, ticks: readonly Tick[], frame: Frame): void {
  const py = placeY(y, frame);
  if (ticks.length > 0)
    pen.rule(
      ticks.map(({ value }) => `M${n(frame.left)} ${n(py(value))}H${n(frame.right)}`).join(''),
      'grid',
    );
}

function yLabels(pen: Pen, y: Scale, ticks: readonly Tick[], frame: Frame, widest: number): void {
  const py = placeY(y, frame);
  let last = Number.NaN;
  for (const { value, label } of ticks) {
    const at = py(value);
    if (Math.abs(at - last) < FONT + 1) continue;
    pen.text(frame.left - 6, at + 4, cut(label, widest), { anchor: 'end' });
    last = at;
  }
}

function xAxis(
  pen: Pen,
  x: Scale,
  frame: Frame,
  { isNamed, from, to }: { isNamed: boolean; from: number; to: number },
): void {
  const px = placeX(x, frame);
  const room = frame.right - frame.left;
  const most = Math.min(110, Math.max(40, room / 2));
  const count = ticksThatFit(x, room, 80, (label) => Math.min(textWidth(label), most) + 6);
  const ticks = x.ticks(count);
  pen.rule(
    `M${n(frame.left)} ${n(frame.bottom)}H${n(frame.right)}${ticks.map(({ value }) => `M${n(px(value))} ${n(frame.bottom)}v4`).join('')}`,
    'dim',
  );
  let free = 0;
  for (const { value, label } of isNamed ? ticks : []) {
    const words = cut(label, most);
    const half = textWidth(words) / 2;
    const at = Math.min(Math.max(px(value), from + half), to - half);
    if (at - half < free) continue;
    pen.text(at, frame.bottom + 16, words, { anchor: 'middle' });
    free = at + half + 6;
  }
}

/** Fewest pixels between parallel axes that have marks. */
const LEAST_AXIS = 45;

function innerAxes(pen: Pen, axes: readonly InnerAxis[], figure: Figure, frame: Frame): void {
  const px = placeX(figure.x, frame);
  const room = (frame.right - frame.left) / Math.max(1, axes.length);
  axes.forEach(({ x, label, scale }, i) => {
    const at = px(x);
    pen.rule(`M${n(at)} ${n(frame.top)}V${n(frame.bottom)}`, 'dim');
    // Names of close axes stand in two lines.
    const isLow = room < textWidth(label) + 10 && i % 2 === 1;
    pen.text(at, frame.bottom + (isLow ? 30 : 16), cut(label, room * (room < 70 ? 1.9 : 1)), {
      anchor: 'middle',
      ink: 'ink',
    });
    if (room < LEAST_AXIS) return;
    const ticks = scale.ticks(scale.type === 'band' ? Math.floor((frame.bottom - frame.top) / 14) : 5);
    const py = placeY(scale, frame);
    for (const { value, label: words } of ticks)
      pen.text(at - 4, py(value) + 4, cut(words, Math.min(room * 0.8, 80)), {
        anchor: 'end',
        look: `font-size:10px;paint-order:stroke;stroke-width:3px;stroke:${pen.colours.ink('paper')}`,
      });
  });
}

function wrapped(
  figure: Figure,
  content: string,
  { width, height, theme }: { width: number; height: number; theme: Theme },
): string {
  const name = figure.title || nameOf(figure);
  const id = `p${createHash('sha256').update(`${name}\0${content}`).digest('hex').slice(0, 10)}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" id="${id}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `role="img" aria-labelledby="${id}t ${id}d" font-family="system-ui,'DejaVu Sans',sans-serif" font-size="${FONT}">\n` +
    `<title id="${id}t">${escapeXml(name)}</title>\n<desc id="${id}d">${escapeXml(describe(figure))}</desc>\n` +
    `${theme === 'auto' ? `<style>${darkRule(id)}</style>\n` : ''}${content}\n</svg>\n`
  );
}

const nameOf = ({ kind, yLabel, xLabel, axes }: Figure): string =>
  kind === 'parallel' ? (axes ?? []).map(({ label }) => label).join(', ') : `${yLabel} by ${xLabel}`;

const textWidth = (text: string, size = FONT): number => [...text].length * size * WIDE;

function cut(text: string, width: number, size = FONT): string {
  const letters = [...text];
  const fits = Math.max(1, Math.floor(width / (size * WIDE)));
  return letters.length <= fits ? text : `${letters.slice(0, fits - 1).join('')}…`;
}

/** A text within XML or HTML. Control characters and lone surrogates are not allowed there, not even as references. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? '&quot;');
}
