import { createHash } from 'node:crypto';
import type { Figure, Series } from './figure.ts';
import { ticksThatFit } from './scale.ts';
import { thinLine } from './thin-out.ts';

/** How an SVG is coloured. */
export interface SvgOptions {
  /** Colours that follow the page's light or dark scheme (`auto`), or plain ones for programs without CSS variables. */
  readonly theme?: 'auto' | 'light' | 'dark';
}

const FONT = 11;
/** Mean width of a character of a sans serif font, in parts of its size. */
const WIDE = 0.58;
/** Okabe and Ito's colours, told apart by colour-blind readers; darker or lighter where the ground needs it. */
const LIGHT = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#b8559a',
  '#a67c00',
  '#2f8fc4',
  '#6b6b6b',
  '#7a3e00',
  '#004d40',
];
const DARK = [
  '#56b4e9',
  '#ff8c42',
  '#2fd3a0',
  '#e39bc9',
  '#f0c94a',
  '#8fd0ff',
  '#b5b5b5',
  '#d49a6a',
  '#7fd8c8',
];
const INKS = {
  ink: ['#222222', '#e6e6e6'],
  dim: ['#5c5c5c', '#a8a8a8'],
  grid: ['#e2e2e2', '#3a3a3a'],
} as const;
/** Dashes tell lines apart, and shapes points, where colours do not (in print). */
const DASHES = ['', '6 3', '2 3', '8 3 2 3', '12 4', '4 2 1 2'];

/** Draws a figure as a standalone SVG; the same figure gives the same bytes. */
export function toSvg(
  figure: Figure,
  width: number,
  height: number,
  { theme = 'auto' }: SvgOptions = {},
): string {
  const colour = (name: string, pair: readonly [string, string]): string =>
    theme === 'auto' ? `var(--${name},${pair[0]})` : pair[theme === 'light' ? 0 : 1];
  const ink = (name: keyof typeof INKS): string => colour(`ox-${name}`, INKS[name]);
  const hue = (i: number): string =>
    colour(`ox-c${i % LIGHT.length}`, [LIGHT[i % LIGHT.length] as string, DARK[i % DARK.length] as string]);

  const yTicks = figure.y.ticks(Math.max(2, Math.floor(height / 60)));
  const legend = legendOf(figure, width);
  const widest = Math.max(0, ...yTicks.map(({ label }) => textWidth(label)));
  const frame = {
    left: Math.ceil(Math.min(widest, width / 3)) + 14,
    right: width - 18,
    top: 30 + (figure.title ? 20 : 0) + legend.rows * 18,
    bottom: height - 40,
  };
  const px = (value: number): number => frame.left + figure.x.place(value) * (frame.right - frame.left);
  const py = (value: number): number => frame.bottom - figure.y.place(value) * (frame.bottom - frame.top);
  const parts: string[] = [];
  const text = (x: number, y: number, words: string, anchor = 'start', look = ''): void => {
    parts.push(
      `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}" style="fill:${ink('dim')};${look}">${escapeXml(words)}</text>`,
    );
  };

  for (const { value, label } of yTicks) {
    parts.push(
      `<path d="M${n(frame.left)} ${n(py(value))}H${n(frame.right)}" style="stroke:${ink('grid')};stroke-width:1"/>`,
    );
    text(frame.left - 6, py(value) + 4, cut(label, width / 3), 'end');
  }
  let free = 0;
  const count = ticksThatFit(
    figure.x,
    frame.right - frame.left,
    80,
    (label) => Math.min(textWidth(label), 110) + 6,
  );
  for (const { value, label } of figure.x.ticks(count)) {
    const words = cut(label, 110);
    const half = textWidth(words) / 2;
    const at = Math.min(Math.max(px(value), half + 1), width - half - 1);
    parts.push(`<path d="M${n(px(value))} ${n(frame.bottom)}v4" style="stroke:${ink('dim')}"/>`);
    if (at - half < free) continue;
    text(at, frame.bottom + 16, words, 'middle');
    free = at + half + 6;
  }
  parts.push(
    `<path d="M${n(frame.left)} ${n(frame.bottom)}H${n(frame.right)}" style="stroke:${ink('dim')}"/>`,
  );
  text(
    (frame.left + frame.right) / 2,
    height - 8,
    cut(figure.xLabel, width - 20),
    'middle',
    `fill:${ink('ink')}`,
  );
  text(8, frame.top - 10, cut(figure.yLabel, width / 2), 'start', `fill:${ink('ink')}`);
  if (figure.title)
    text(
      8,
      20,
      cut(figure.title, width - 16, 15),
      'start',
      `fill:${ink('ink')};font-size:15px;font-weight:600`,
    );
  for (const { label, x, row, series } of legend.items) {
    const y = 20 + (figure.title ? 20 : 0) + row * 18 - 4;
    parts.push(mark(figure, series, x, y, hue(series)));
    text(x + 26, y + 4, label);
  }
  figure.series.forEach((series, i) => {
    parts.push(
      figure.kind === 'scatter'
        ? dots(series, i, px, py, hue(i))
        : figure.kind === 'line'
          ? line(series, i, px, py, hue(i))
          : '',
    );
  });
  const base = py(0);
  for (let i = 0; i < figure.series.length && figure.bars.length > 0; i += 1) {
    const d = figure.bars
      .filter(({ series, y }) => series === i && y !== 0)
      .map(({ from, to, y }) => {
        const gap = figure.kind === 'histogram' && px(to) - px(from) > 3 ? 0.5 : 0;
        return `M${n(px(from) + gap)} ${n(base)}V${n(py(y))}H${n(px(to) - gap)}V${n(base)}z`;
      });
    if (d.length > 0) parts.push(`<path d="${d.join('')}" style="fill:${hue(i)}"/>`);
  }
  if (figure.drawn === 0)
    text(width / 2, (frame.top + frame.bottom) / 2, 'no data', 'middle', 'font-size:14px');
  if (figure.left > 0) text(width - 8, 14, `${figure.left} rows left out`, 'end');
  const name = figure.title || `${figure.yLabel} by ${figure.xLabel}`;
  const content = parts.filter(Boolean).join('\n');
  const id = `p${createHash('sha256').update(`${name}\0${content}`).digest('hex').slice(0, 10)}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" id="${id}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `role="img" aria-labelledby="${id}t ${id}d" font-family="system-ui,'DejaVu Sans',sans-serif" font-size="${FONT}">\n` +
    `<title id="${id}t">${escapeXml(name)}</title>\n<desc id="${id}d">${escapeXml(describe(figure))}</desc>\n` +
    `${theme === 'auto' ? darkScheme(id) : ''}${content}\n</svg>\n`
  );
}

/** Says in a sentence what a figure shows, for readers who do not see it. */
export function describe(figure: Figure): string {
  const names = figure.series.map(({ name }) => name).filter((name) => name !== '');
  const of = names.length > 0 ? `, by ${names.join(', ')}` : '';
  const left = figure.left > 0 ? ` ${figure.left} rows are left out.` : '';
  return `A ${figure.kind} plot of ${figure.yLabel} over ${figure.xLabel}${of}: ${figure.drawn} rows.${left}`;
}

function darkScheme(id: string): string {
  const inks = Object.entries(INKS).map(([name, pair]) => `--ox-${name}:${pair[1]}`);
  const hues = DARK.map((value, i) => `--ox-c${i}:${value}`);
  return `<style>@media screen and (prefers-color-scheme:dark){#${id}{${[...inks, ...hues].join(';')}}}</style>\n`;
}

function legendOf(figure: Figure, width: number) {
  const items: { label: string; x: number; row: number; series: number }[] = [];
  const named = figure.series.map(({ name }, series) => ({
    label: cut(name || '(empty)', width / 3),
    series,
  }));
  if (figure.series.length === 1 && figure.series[0]?.name === '') return { items, rows: 0 };
  let x = 8;
  let row = 0;
  for (const { label, series } of named) {
    const wide = 26 + textWidth(label) + 16;
    if (x + wide > width && x > 8) {
      x = 8;
      row += 1;
    }
    items.push({ label, x, row, series });
    x += wide;
  }
  return { items, rows: named.length > 0 ? row + 1 : 0 };
}

function mark(figure: Figure, series: number, x: number, y: number, colour: string): string {
  if (figure.kind === 'line')
    return `<path d="M${n(x)} ${n(y)}h20" style="fill:none;stroke:${colour};stroke-width:2;stroke-dasharray:${DASHES[series % DASHES.length] || 'none'}"/>`;
  if (figure.kind === 'scatter')
    return `<path d="${shape(series, x + 10, y)}" style="${dotStyle(series, colour)}"/>`;
  return `<path d="M${n(x + 5)} ${n(y - 5)}h10v10h-10z" style="fill:${colour}"/>`;
}

type Place = (value: number) => number;

function line({ x, y }: Series, i: number, px: Place, py: Place, colour: string): string {
  if (x.length === 0) return '';
  const kept = thinLine(
    x.map((value) => Math.round(px(value))),
    y,
  );
  const d = kept
    .map((k, at) => `${at === 0 ? 'M' : 'L'}${n(px(x[k] as number))} ${n(py(y[k] as number))}`)
    .join('');
  // A single point has no length: the round cap shows it.
  const point = kept.length === 1 ? 'h0' : '';
  const wide = kept.length === 1 ? 5 : 1.6;
  const dash = kept.length === 1 ? 'none' : DASHES[i % DASHES.length] || 'none';
  return `<path d="${d}${point}" style="fill:none;stroke:${colour};stroke-width:${wide};stroke-linejoin:round;stroke-linecap:round;stroke-dasharray:${dash}"/>`;
}

function dots({ x, y }: Series, i: number, px: Place, py: Place, colour: string): string {
  // Points on the same half pixel are drawn once: the bytes are bounded by the area, not by the data.
  const seen = new Set<number>();
  const d: string[] = [];
  for (let k = 0; k < x.length; k += 1) {
    const left = Math.round(px(x[k] as number) * 2);
    const top = Math.round(py(y[k] as number) * 2);
    if (seen.has(left * 32_768 + top)) continue;
    seen.add(left * 32_768 + top);
    d.push(shape(i, left / 2, top / 2));
  }
  return d.length === 0 ? '' : `<path d="${d.join('')}" style="${dotStyle(i, colour)}"/>`;
}

/** Shapes of the points of series: dot, cross, triangle, square. */
function shape(series: number, x: number, y: number): string {
  if (series % 4 === 0) return `M${n(x)} ${n(y)}h0`;
  if (series % 4 === 1) return `M${n(x - 2.5)} ${n(y - 2.5)}l5 5m0-5l-5 5`;
  if (series % 4 === 2) return `M${n(x)} ${n(y - 3)}l3 5.2h-6z`;
  return `M${n(x - 2.5)} ${n(y - 2.5)}h5v5h-5z`;
}

const dotStyle = (series: number, colour: string): string =>
  `fill:none;stroke:${colour};stroke-linecap:round;stroke-opacity:.75;stroke-width:${series % 4 === 0 ? 5 : 1.4}`;

const n = (value: number): string => String(Math.round(value * 10) / 10 + 0);

const textWidth = (text: string, size = FONT): number => [...text].length * size * WIDE;

function cut(text: string, width: number, size = FONT): string {
  const letters = [...text];
  const fits = Math.max(1, Math.floor(width / (size * WIDE)));
  return letters.length <= fits ? text : `${letters.slice(0, fits - 1).join('')}…`;
}

// Control characters and lone surrogates are not allowed in XML, not even as references.
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? '&quot;');
}
