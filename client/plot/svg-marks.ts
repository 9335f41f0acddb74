import { type Colours, isLight, shadeColour } from './colours.ts';
import type { Area, Bars, Boxes, Cells, Line, Mark, Points, Strands } from './figure.ts';
import { thinLine } from './thin-out.ts';

/** Where values lie in pixels, and what colours things have. */
export interface Ground {
  readonly px: (value: number) => number;
  readonly py: (value: number) => number;
  readonly colours: Colours;
  /** Bars touch. */
  readonly isHistogram: boolean;
  /** Bars of several series lie upon each other. */
  readonly isUpon: boolean;
}

/** Dashes tell lines apart, and shapes points, where colours do not (in print). */
const DASHES = ['', '6 3', '2 3', '8 3 2 3', '12 4', '4 2 1 2'];
/** Shades that are told apart where many marks have one. */
const LEVELS = 24;

/** A mark as SVG. */
export function drawn(mark: Mark, ground: Ground): string {
  switch (mark.type) {
    case 'line':
      return line(mark, ground);
    case 'area':
      return area(mark, ground);
    case 'points':
      return points(mark, ground);
    case 'bars':
      return bars(mark, ground);
    case 'boxes':
      return boxes(mark, ground);
    case 'cells':
      return cells(mark, ground);
    case 'strands':
      return strands(mark, ground);
  }
}

/** What stands for a series in a legend, 20 pixels wide around (x + 10, y). */
export function sign(mark: Mark['type'], series: number, x: number, y: number, { hue }: Colours): string {
  if (mark === 'line' || mark === 'strands')
    return `<path d="M${n(x)} ${n(y)}h20" style="${stroke(hue(series), 2)};stroke-dasharray:${dashOf(series)}"/>`;
  if (mark === 'points')
    return `<path d="${shape(series, x + 10, y)}" style="${dotStyle(series, hue(series))}"/>`;
  return `<path d="M${n(x + 5)} ${n(y - 5)}h10v10h-10z" style="fill:${hue(series)}"/>`;
}

function line({ series, x, y }: Line, { px, py, colours }: Ground): string {
  if (x.length === 0) return '';
  const kept = thinned(x, y, px);
  const d = kept
    .map((k, at) => `${at === 0 ? 'M' : 'L'}${n(px(x[k] as number))} ${n(py(y[k] as number))}`)
    .join('');
  // A single point has no length: the round cap shows it.
  const isPoint = kept.length === 1;
  return `<path d="${d}${isPoint ? 'h0' : ''}" style="${stroke(colours.hue(series), isPoint ? 5 : 1.6)};stroke-dasharray:${isPoint ? 'none' : dashOf(series)}"/>`;
}

function area({ series, x, y, y2 }: Area, { px, py, colours }: Ground): string {
  if (x.length === 0) return '';
  const at = (k: number, values: Float64Array): string =>
    `${n(px(x[k] as number))} ${n(py(values[k] as number))}`;
  const over = thinned(x, y, px);
  const under = thinned(x, y2, px).reverse();
  const top = over.map((k) => at(k, y)).join('L');
  const hue = colours.hue(series);
  return (
    `<path d="M${top}L${under.map((k) => at(k, y2)).join('L')}z" style="fill:${hue};fill-opacity:.3"/>` +
    `<path d="M${top}" style="${stroke(hue, 1.4)};stroke-dasharray:${dashOf(series)}"/>`
  );
}

const thinned = (x: Float64Array, y: Float64Array, px: Ground['px']): number[] =>
  thinLine(
    x.map((value) => Math.round(px(value))),
    y,
  );

/** Points from which on places are coarser. */
const MANY = 20_000;

function points({ series, x, y, shades }: Points, { px, py, colours }: Ground): string {
  // Points at one place are drawn once: the bytes are bounded by the area, not by the data. Where there are many, places are as wide as half a point.
  const fine = x.length > MANY ? 0.5 : 2;
  const seen = new Set<number>();
  const paths = new Map<number, string[]>();
  for (let k = 0; k < x.length; k += 1) {
    const left = Math.round(px(x[k] as number) * fine);
    const top = Math.round(py(y[k] as number) * fine);
    if (seen.has(left * 32_768 + top)) continue;
    seen.add(left * 32_768 + top);
    const level = shades ? Math.round((shades[k] as number) * (LEVELS - 1)) : 0;
    const path = paths.get(level) ?? [];
    path.push(shape(series, left / fine, top / fine));
    paths.set(level, path);
  }
  return inOrder(paths)
    .map(([level, d]) => {
      const colour = shades ? shadeColour(level / (LEVELS - 1)) : colours.hue(series);
      return `<path d="${d.join('')}" style="${dotStyle(series, colour)}"/>`;
    })
    .join('');
}

function bars({ series, bars: all }: Bars, { px, py, colours, isHistogram, isUpon }: Ground): string {
  const base = n(py(0));
  const d = all
    .filter(({ y }) => y !== 0)
    .map(({ from, to, y }) => {
      const gap = isHistogram && px(to) - px(from) > 3 ? 0.5 : 0;
      return `M${n(px(from) + gap)} ${base}V${n(py(y))}H${n(px(to) - gap)}V${base}z`;
    });
  if (d.length === 0) return '';
  const hue = colours.hue(series);
  const look = isUpon ? `;fill-opacity:.45;stroke:${hue};stroke-width:1` : '';
  return `<path d="${d.join('')}" style="fill:${hue}${look}"/>`;
}

/** Widest box in pixels: wider ones look like bars. */
const MOST_WIDE = 80;

function boxes({ series, boxes: all }: Boxes, { px, py, colours }: Ground): string {
  const hue = colours.hue(series);
  const [bodies, rules, medians, beyond]: string[][] = [[], [], [], []];
  for (const box of all) {
    const middle = (px(box.from) + px(box.to)) / 2;
    const half = Math.min(MOST_WIDE, px(box.to) - px(box.from)) / 2;
    const [low, q1, q2, q3, high] = [box.low, box.q1, box.median, box.q3, box.high].map((value) =>
      py(value),
    ) as [number, number, number, number, number];
    bodies?.push(`M${n(middle - half)} ${n(q1)}V${n(q3)}h${n(2 * half)}V${n(q1)}z`);
    rules?.push(
      `M${n(middle)} ${n(q1)}V${n(low)}m${n(-half / 2)} 0h${n(half)}M${n(middle)} ${n(q3)}V${n(high)}m${n(-half / 2)} 0h${n(half)}`,
    );
    medians?.push(`M${n(middle - half)} ${n(q2)}h${n(2 * half)}`);
    const tops = new Set(Array.from(box.beyond, (value) => n(py(value))));
    for (const top of tops) beyond?.push(`M${n(middle)} ${top}h0`);
  }
  if (all.length === 0) return '';
  const dots = beyond?.length
    ? `<path d="${beyond.join('')}" style="${stroke(hue, 4)};stroke-opacity:.7"/>`
    : '';
  return (
    `<path d="${bodies?.join('')}" style="fill:${hue};fill-opacity:.25;stroke:${hue};stroke-width:1.2"/>` +
    `<path d="${rules?.join('')}" style="${stroke(hue, 1.2)}"/>` +
    `<path d="${medians?.join('')}" style="${stroke(hue, 2.4)}"/>${dots}`
  );
}

function cells({ cells: all }: Cells, { px, py }: Ground): string {
  const paths = new Map<number, string[]>();
  const words: string[] = [];
  for (const { x, y, value, shade } of all) {
    const level = Math.round(shade * (LEVELS - 1) * 2);
    const [left, right] = [px(x[0]), px(x[1])].sort((a, b) => a - b) as [number, number];
    const [top, bottom] = [py(y[0]), py(y[1])].sort((a, b) => a - b) as [number, number];
    const path = paths.get(level) ?? [];
    // Half a pixel more, so that no ground shows between cells that touch; large ones have a gap instead.
    const gap = right - left > 12 && bottom - top > 12 ? -0.5 : 0.25;
    path.push(`M${n(left - gap)} ${n(top - gap)}H${n(right + gap)}V${n(bottom + gap)}H${n(left - gap)}z`);
    paths.set(level, path);
    const label = cellLabel(value);
    if (right - left > label.length * 6.5 + 6 && bottom - top >= 15)
      words.push(
        `<text x="${n((left + right) / 2)}" y="${n((top + bottom) / 2 + 4)}" text-anchor="middle" style="fill:${isLight(shade) ? '#000' : '#fff'}">${label}</text>`,
      );
  }
  const fills = inOrder(paths).map(
    ([level, d]) => `<path d="${d.join('')}" style="fill:${shadeColour(level / (LEVELS - 1) / 2)}"/>`,
  );
  return [...fills, ...words].join('\n');
}

/** A value as a cell shows it: three digits of it, and whole numbers whole. */
export const cellLabel = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : shortest(value);

/** Three digits of a number, without zeros at the end. */
export function shortest(value: number): string {
  const digits = value.toPrecision(3);
  // The largest numbers would be rounded beyond all numbers.
  const rounded = Number.isFinite(Number(digits)) ? String(Number(digits)) : digits;
  return rounded.replace('e+', 'e');
}

function strands({ series, shade, x, y }: Strands, { px, py, colours }: Ground): string {
  const pieces = new Set<string>();
  let piece: string[] = [];
  for (let i = 0; i <= x.length; i += 1) {
    const at = x[i] ?? Number.NaN;
    if (!Number.isNaN(at)) piece.push(`${n(px(at))} ${n(py(y[i] as number))}`);
    else {
      if (piece.length > 0) pieces.add(`M${piece.join('L')}${piece.length === 1 ? 'h0' : ''}`);
      piece = [];
    }
  }
  if (pieces.size === 0) return '';
  const colour = shade === undefined ? colours.hue(series) : shadeColour(shade);
  const faint = pieces.size > 300 ? 0.25 : pieces.size > 40 ? 0.5 : 0.8;
  const dash = shade === undefined && pieces.size <= 40 ? dashOf(series) : 'none';
  return `<path d="${[...pieces].join('')}" style="${stroke(colour, 1.2)};stroke-opacity:${faint};stroke-dasharray:${dash}"/>`;
}

const inOrder = <T>(paths: ReadonlyMap<number, T>): [number, T][] => [...paths].sort(([a], [b]) => a - b);

const dashOf = (series: number): string => DASHES[series % DASHES.length] || 'none';

const stroke = (colour: string, wide: number): string =>
  `fill:none;stroke:${colour};stroke-width:${wide};stroke-linejoin:round;stroke-linecap:round`;

/** Shapes of the points of series: dot, cross, triangle, square. */
function shape(series: number, x: number, y: number): string {
  if (series % 4 === 0) return `M${n(x)} ${n(y)}h0`;
  if (series % 4 === 1) return `M${n(x - 2.5)} ${n(y - 2.5)}l5 5m0-5l-5 5`;
  if (series % 4 === 2) return `M${n(x)} ${n(y - 3)}l3 5.2h-6z`;
  return `M${n(x - 2.5)} ${n(y - 2.5)}h5v5h-5z`;
}

const dotStyle = (series: number, colour: string): string =>
  `fill:none;stroke:${colour};stroke-linecap:round;stroke-opacity:.75;stroke-width:${series % 4 === 0 ? 5 : 1.4}`;

/** Pixels with one digit. */
export const n = (value: number): string => String(Math.round(value * 10) / 10 + 0);
