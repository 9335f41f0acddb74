import type { Canvas } from './canvas.ts';
import type { Area, Bar, Boxes, Cells, Figure, Line, Mark, Points, Strands } from './figure.ts';
import { cellLabel } from './svg-marks.ts';
import { thinLine } from './thin-out.ts';

/** Marks of series, which tell them apart without colour. */
const GLYPHS = '*+ox#@%&=~^$';
const EIGHTHS = ' ▁▂▃▄▅▆▇█';
/** Fills of the bars of several series. */
const FILLS = '█▓▒░';
/** Shades from the least to the greatest value. */
const SHADES = ['·░▒▓█', '.:=*#@'] as const;
/** Points from the least to the greatest value. */
const SIZES = ['·∘o●', '.:o@'] as const;
/** Columns between the glyphs that tell lines apart. */
const APART = 14;

/** Draws the marks of a panel on a canvas: surfaces first, and of bars upon each other the higher ones, so that nothing is hidden. */
export function sketch(marks: readonly Mark[], canvas: Canvas, figure: Figure): void {
  for (const mark of marks) if (mark.type === 'area') fill(mark, canvas, figure);
  const all = marks.flatMap((mark) =>
    mark.type === 'bars' ? mark.bars.map((bar) => ({ ...bar, series: mark.series })) : [],
  );
  if (figure.kind === 'histogram') all.sort((a, b) => b.y - a.y);
  bars(all, canvas, figure);
  for (const mark of marks) {
    if (mark.type === 'line' || mark.type === 'area') line(mark, canvas, figure);
    else if (mark.type === 'points') points(mark, canvas, figure);
    else if (mark.type === 'boxes') boxes(mark, canvas, figure);
    else if (mark.type === 'cells') cells(mark, canvas, figure);
    else if (mark.type === 'strands') strands(mark, canvas, figure);
  }
}

/** The character that stands for a series in a legend. */
export function signOf(figure: Figure, series: number, ascii: boolean): string {
  const isBar = figure.panels[0]?.marks[0]?.type === 'bars' && !ascii;
  return isBar ? (FILLS[series % FILLS.length] as string) : glyph(series);
}

/** The characters from the least to the greatest value, as a legend shows them. */
export const shadesOf = (figure: Figure, ascii: boolean): string =>
  (figure.kind === 'scatter' ? SIZES : SHADES)[ascii ? 1 : 0];

const glyph = (series: number): string => GLYPHS[series % GLYPHS.length] as string;

const within = (part: number, size: number): number =>
  Math.min(size - 1, Math.max(0, Math.round(part * (size - 1))));

const dotsX = (values: Float64Array, { x }: Figure, { wide }: Canvas): Float64Array =>
  values.map((value) => within(x.place(value), wide));
const dotsY = (values: Float64Array, { y }: Figure, { high }: Canvas): Float64Array =>
  values.map((value) => within(1 - y.place(value), high));

function line({ series, x, y }: Line | Area, canvas: Canvas, figure: Figure): void {
  const across = dotsX(x, figure, canvas);
  const down = dotsY(y, figure, canvas);
  const kept = thinLine(across, down);
  const isMany = figure.series.length > 1;
  kept.forEach((k, i) => {
    const before = kept[Math.max(0, i - 1)] as number;
    canvas.stroke(
      [across[before] as number, down[before] as number],
      [across[k] as number, down[k] as number],
      glyph(series),
      series,
    );
  });
  if (!isMany || canvas.ascii || kept.length === 0) return;
  // Glyphs on the line, each series at other columns, tell lines apart without colour.
  let next = (series * 4) % APART;
  for (const [i, k] of kept.entries()) {
    const column = (across[k] as number) >> 1;
    const isLast = i === kept.length - 1;
    if (column < next && !isLast) continue;
    canvas.put(column, (down[k] as number) >> 2, glyph(series), series);
    next = column + APART;
  }
}

function fill({ x, y, y2, series }: Area, canvas: Canvas, figure: Figure): void {
  const shade = canvas.ascii ? '.' : '░';
  const columnOf = (value: number): number => within(figure.x.place(value), canvas.columns);
  const rowOf = (value: number): number => within(1 - figure.y.place(value), canvas.rows);
  const ends = new Map<number, [number, number]>();
  const reach = (column: number, a: number, b: number): void => {
    const [top, bottom] = ends.get(column) ?? [canvas.rows, -1];
    ends.set(column, [Math.min(top, rowOf(a), rowOf(b)), Math.max(bottom, rowOf(a), rowOf(b))]);
  };
  for (let k = 0; k < x.length; k += 1) {
    const column = columnOf(x[k] as number);
    reach(column, y[k] as number, y2[k] as number);
    const from = k === 0 ? column : columnOf(x[k - 1] as number);
    for (let between = from + 1; between < column; between += 1) {
      const part = (between - from) / (column - from);
      const at = (values: Float64Array): number =>
        (values[k - 1] as number) * (1 - part) + (values[k] as number) * part;
      reach(between, at(y), at(y2));
    }
  }
  for (const [column, [top, bottom]] of ends)
    for (let row = top; row <= bottom; row += 1) canvas.put(column, row, shade, series);
}

/** Points of one series up to which each is a character. */
const FEW = 100;

function points({ series, x, y, shades }: Points, canvas: Canvas, figure: Figure): void {
  const isPlain = figure.series.length === 1 && !shades;
  // A single dot is hard to see; many characters would cover each other.
  const isFew = x.length <= FEW && !canvas.ascii;
  const sizes = SIZES[canvas.ascii ? 1 : 0];
  for (let k = 0; k < x.length; k += 1) {
    const across = figure.x.place(x[k] as number);
    const down = 1 - figure.y.place(y[k] as number);
    if (isPlain && !isFew)
      canvas.dot(within(across, canvas.wide), within(down, canvas.high), glyph(series), series);
    else {
      const size = shades
        ? (sizes[Math.min(sizes.length - 1, Math.floor((shades[k] as number) * sizes.length))] as string)
        : isPlain
          ? '•'
          : glyph(series);
      canvas.put(within(across, canvas.columns), within(down, canvas.rows), size, series);
    }
  }
}

function bars(all: readonly (Bar & { readonly series: number })[], canvas: Canvas, figure: Figure): void {
  const { rows, columns, ascii } = canvas;
  const levelOf = (value: number): number => figure.y.place(value) * rows;
  const base = levelOf(0);
  const isMany = figure.series.length > 1;
  for (const { from, to, y, series } of all) {
    if (y === 0) continue;
    const first = Math.min(columns - 1, Math.max(0, Math.round(figure.x.place(from) * columns)));
    const last = Math.min(columns - 1, Math.max(first, Math.round(figure.x.place(to) * columns) - 1));
    const bottom = Math.min(base, levelOf(y));
    // A value that is not 0 shows as an eighth at least.
    const top = Math.max(base, levelOf(y), bottom + 1 / 8);
    for (let level = Math.floor(bottom + 1e-9); level < top - 1e-9; level += 1) {
      const eighths = Math.min(8, Math.max(1, Math.round((top - level) * 8)));
      const full = isMany ? FILLS[series % FILLS.length] : '█';
      const text = ascii ? (isMany ? glyph(series) : '#') : eighths === 8 || isMany ? full : EIGHTHS[eighths];
      for (let column = first; column <= last; column += 1)
        canvas.put(column, rows - 1 - Math.min(rows - 1, level), text ?? '#', series);
    }
  }
}

/** Widest box in columns. */
const MOST_WIDE = 15;

function boxes({ series, boxes: all }: Boxes, canvas: Canvas, figure: Figure): void {
  const { rows, columns, ascii } = canvas;
  const [upright, level, heavy, ...corners] = ascii ? [...'|-=++++o'] : [...'│─━┌┐└┘∘'];
  const [topLeft, topRight, bottomLeft, bottomRight, beyond] = corners as [
    string,
    string,
    string,
    string,
    string,
  ];
  const rowOf = (value: number): number => within(1 - figure.y.place(value), rows);
  for (const box of all) {
    const left = Math.round(figure.x.place(box.from) * (columns - 1));
    const right = Math.round(figure.x.place(box.to) * (columns - 1));
    const middle = Math.round((left + right) / 2);
    const half = Math.max(1, Math.min(MOST_WIDE, right - left) >> 1);
    const [top, bottom] = [rowOf(box.q3), rowOf(box.q1)];
    for (const value of box.beyond) canvas.put(middle, rowOf(value), beyond, series);
    for (let row = rowOf(box.high); row < top; row += 1) canvas.put(middle, row, upright as string, series);
    for (let row = bottom + 1; row <= rowOf(box.low); row += 1)
      canvas.put(middle, row, upright as string, series);
    for (const end of [box.high, box.low])
      if (rowOf(end) < top || rowOf(end) > bottom)
        canvas.put(middle, rowOf(end), ascii ? '+' : end === box.high ? '┬' : '┴', series);
    for (let row = top; row <= bottom; row += 1)
      for (let column = middle - half; column <= middle + half; column += 1) {
        const isEdge = column === middle - half || column === middle + half;
        const isEnd = row === top || row === bottom;
        const corner = row === top ? [topLeft, topRight] : [bottomLeft, bottomRight];
        const text =
          isEnd && isEdge ? corner[column < middle ? 0 : 1] : isEnd ? level : isEdge ? upright : ' ';
        canvas.put(column, row, text as string, series);
      }
    for (let column = middle - half; column <= middle + half; column += 1)
      canvas.put(column, rowOf(box.median), heavy as string, series);
  }
}

function cells({ cells: all }: Cells, canvas: Canvas, figure: Figure): void {
  const { columns, rows, ascii } = canvas;
  const shades = SHADES[ascii ? 1 : 0];
  const sums = new Float64Array(columns * rows);
  const counts = new Float64Array(columns * rows);
  const spanOf = (a: number, b: number, size: number): [number, number] => {
    const [from, to] = [Math.min(a, b) * size, Math.max(a, b) * size].map(Math.round) as [number, number];
    const first = Math.min(size - 1, Math.max(0, from));
    return [first, Math.min(size, Math.max(to, first + 1))];
  };
  const labels: { column: number; row: number; words: string }[] = [];
  for (const { x, y, value, shade } of all) {
    const [left, right] = spanOf(figure.x.place(x[0]), figure.x.place(x[1]), columns);
    const [top, bottom] = spanOf(1 - figure.y.place(y[0]), 1 - figure.y.place(y[1]), rows);
    for (let row = top; row < bottom; row += 1)
      for (let column = left; column < right; column += 1) {
        const at = row * columns + column;
        sums[at] = (sums[at] as number) + shade;
        counts[at] = (counts[at] as number) + 1;
      }
    const words = ` ${cellLabel(value)} `;
    if (right - left >= words.length + 2)
      labels.push({
        column: left + ((right - left - words.length) >> 1),
        row: (top + bottom - 1) >> 1,
        words,
      });
  }
  counts.forEach((count, at) => {
    if (count === 0) return;
    const level = Math.min(shades.length - 1, Math.floor(((sums[at] as number) / count) * shades.length));
    canvas.put(at % columns, Math.floor(at / columns), shades[level] as string, 0);
  });
  for (const { column, row, words } of labels) canvas.write(column, row, words);
}

function strands({ series, x, y }: Strands, canvas: Canvas, figure: Figure): void {
  let before: [number, number] | undefined;
  for (let i = 0; i < x.length; i += 1) {
    if (Number.isNaN(x[i])) {
      before = undefined;
      continue;
    }
    const point: [number, number] = [
      within(figure.x.place(x[i] as number), canvas.wide),
      within(1 - (y[i] as number), canvas.high),
    ];
    canvas.stroke(before ?? point, point, glyph(series), series);
    before = point;
  }
}
