import { Canvas, joined, type Span } from './canvas.ts';
import { type Figure, hasLegend, type Panel, remarkOf } from './figure.ts';
import { ticksThatFit } from './scale.ts';
import { shortNumber } from './svg.ts';
import { shadesOf, signOf, sketch } from './terminal-marks.ts';

/** Size and means of a terminal. */
export interface TerminalOptions {
  /** Columns, 80 when not given; at least 30. */
  readonly width?: number;
  /** Lines, 20 when not given; at least 8. Panels below each other take more when they need it. */
  readonly height?: number;
  /** Draws with ASCII characters alone. */
  readonly ascii?: boolean;
}

/** Fewest columns and rows of characters that a panel has. */
const LEAST_PANEL = { columns: 36, rows: 5 };

/** Draws a figure with characters, as lines of spans. No line is wider than asked, and none has an escape code. */
export function toTerminal(figure: Figure, options: TerminalOptions = {}): Span[][] {
  const ascii = options.ascii ?? false;
  const width = Math.max(30, Math.floor(options.width ?? 80));
  const height = Math.max(8, Math.floor(options.height ?? 20));
  const remark = figure.drawn === 0 ? 'no data' : remarkOf(figure);
  const lines: Span[][] = [];
  if (figure.title) lines.push([{ text: cut(figure.title, width, ascii) }]);
  if (hasLegend(figure)) lines.push(...legendLines(figure, width, ascii));
  if (figure.shades && figure.kind !== 'parallel') lines.push(shadeLine(figure, figure.shades, width, ascii));
  if (figure.yLabel) lines.push([{ text: cut(figure.yLabel, width, ascii) }]);

  const count = figure.panels.length;
  const most = Math.max(1, Math.floor(width / LEAST_PANEL.columns));
  const across = Math.max(1, Math.min(most, count <= 3 ? count : Math.ceil(Math.sqrt(count))));
  const down = Math.max(1, Math.ceil(count / across));
  const head = count > 1 ? 1 : 0;
  const foot = figure.axes ? 1 : 2;
  const free = Math.floor((height - lines.length - 1) / down) - head - foot;
  const rows = Math.max(count > 1 ? LEAST_PANEL.rows : 3, free);
  const wide = Math.floor((width - (across - 1) * 2) / across);
  for (let i = 0; i < count; i += across) {
    const blocks = figure.panels
      .slice(i, i + across)
      .map((panel) => block(figure, panel, { wide, rows, ascii, head }));
    const high = Math.max(...blocks.map(({ length }) => length));
    for (let row = 0; row < high; row += 1) {
      const line = blocks.flatMap((lines, k) => [
        ...(k > 0 ? [{ text: '  ' }] : []),
        ...filled(lines[row] ?? [], wide),
      ]);
      lines.push(joined(line));
    }
  }
  const note = remark ? `  (${cut(remark, width - 8, ascii)})` : '';
  const name = cut(figure.xLabel, Math.max(1, width - note.length), ascii);
  const indent = Math.max(0, Math.min(6, width - lengthOf(name) - note.length));
  const last = `${' '.repeat(indent)}${name}${note}`.trimEnd();
  if (last) lines.push([{ text: last }]);
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

interface Room {
  readonly wide: number;
  readonly rows: number;
  readonly ascii: boolean;
  readonly head: number;
}

/** One panel with its axes. */
function block(figure: Figure, panel: Panel, { wide, rows, ascii, head }: Room): Span[][] {
  const title = head ? [[{ text: cut(panel.title || '(empty)', wide, ascii) }]] : [];
  if (figure.axes) return [...title, ...parallelBlock(figure, panel, { wide, rows, ascii, head })];
  const ticks =
    figure.y.type === 'band'
      ? figure.y.ticks(Number.MAX_SAFE_INTEGER)
      : figure.y.ticks(Math.max(2, Math.floor(rows / 3)));
  const gutter = Math.min(Math.floor(wide / 3), Math.max(1, ...ticks.map(({ label }) => lengthOf(label))));
  const canvas = new Canvas(wide - gutter - 2, rows, ascii);
  const isBand = figure.y.type === 'band';
  const rowOf = (value: number): number =>
    isBand
      ? Math.min(rows - 1, Math.max(0, Math.floor((1 - figure.y.place(value)) * rows)))
      : Math.min(rows - 1, Math.max(0, Math.round((1 - figure.y.place(value)) * (rows - 1))));
  const labels = new Map<number, string>();
  for (const { value, label } of ticks) if (!labels.has(rowOf(value))) labels.set(rowOf(value), label);
  sketch(panel.marks, canvas, figure);
  const body = Array.from({ length: rows }, (_, i) => {
    const label = cut(labels.get(i) ?? '', gutter, ascii);
    const axis = ascii ? '|' : labels.has(i) ? '┤' : '│';
    return joined([{ text: `${' '.repeat(gutter - lengthOf(label))}${label} ${axis}` }, ...canvas.row(i)]);
  });
  return [...title, ...body, ...xAxis(figure, gutter, canvas.columns, ascii)];
}

function xAxis(figure: Figure, gutter: number, columns: number, ascii: boolean): Span[][] {
  const line = new Array<string>(columns).fill(ascii ? '-' : '─');
  const words = new Array<string>(gutter + 2 + columns).fill(' ');
  let free = 0;
  const isBand = figure.x.type === 'band';
  for (const { value, label } of figure.x.ticks(
    ticksThatFit(figure.x, columns, 12, (label) => Math.min(lengthOf(label), 20) + 1),
  )) {
    const part = figure.x.place(value);
    const at = isBand
      ? Math.min(columns - 1, Math.floor(part * columns))
      : Math.min(columns - 1, Math.max(0, Math.round(part * (columns - 1))));
    const name = byColumn(cut(label, 20, ascii));
    const centre = gutter + 2 + at - Math.floor(name.length / 2);
    const start = Math.max(0, Math.min(words.length - name.length, centre));
    line[at] = ascii ? '+' : '┬';
    if (start < free) continue;
    words.splice(start, name.length, ...name);
    free = start + name.length + 1;
  }
  return [
    [{ text: `${' '.repeat(gutter + 1)}${ascii ? '+' : '└'}${line.join('')}` }],
    [
      {
        text: words
          .join('')
          .slice(0, gutter + 2 + columns)
          .trimEnd(),
      },
    ],
  ];
}

/** Parallel axes: the ends of each are written above and below it. */
function parallelBlock(figure: Figure, panel: Panel, { wide, rows, ascii }: Room): Span[][] {
  const axes = figure.axes ?? [];
  const room = Math.max(1, Math.floor(wide / Math.max(1, axes.length)));
  const canvas = new Canvas(room * axes.length || wide, Math.max(3, rows - 2), ascii);
  sketch(panel.marks, canvas, figure);
  const [names, tops, ends]: Span[][] = [[], [], []];
  for (const { x, label, scale } of axes) {
    const column = Math.min(canvas.columns - 1, Math.round(figure.x.place(x) * (canvas.columns - 1)));
    for (let row = 0; row < canvas.rows; row += 1) canvas.put(column, row, ascii ? '|' : '│');
    const ticks = scale.ticks(scale.type === 'band' ? Number.MAX_SAFE_INTEGER : 5);
    const isBand = scale.type === 'band';
    const [low, high] = isBand
      ? [ticks[0]?.label ?? '', ticks.at(-1)?.label ?? '']
      : scale.domain.map((value) => shortNumber(value, scale));
    names?.push({ text: centred(label, room, ascii) });
    tops?.push({ text: centred(high ?? '', room, ascii) });
    ends?.push({ text: centred(low ?? '', room, ascii) });
  }
  return [
    joined(names ?? []),
    joined(tops ?? []),
    ...Array.from({ length: canvas.rows }, (_, i) => joined(canvas.row(i))),
    joined(ends ?? []),
  ];
}

function centred(words: string, wide: number, ascii: boolean): string {
  const shown = cut(words, Math.max(1, wide - 1), ascii);
  const before = Math.floor((wide - lengthOf(shown)) / 2);
  return `${' '.repeat(before)}${shown}${' '.repeat(Math.max(0, wide - lengthOf(shown) - before))}`;
}

function legendLines(figure: Figure, width: number, ascii: boolean): Span[][] {
  const lines: Span[][] = [[]];
  let used = 0;
  figure.series.forEach((name, series) => {
    const label = cut(name || '(empty)', Math.floor(width / 2), ascii);
    const wide = lengthOf(label) + 4;
    if (used > 0 && used + wide > width) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push({ text: signOf(figure, series, ascii), series }, { text: ` ${label}  ` });
    used += wide;
  });
  return lines;
}

function shadeLine(
  figure: Figure,
  { scale, label }: NonNullable<Figure['shades']>,
  width: number,
  ascii: boolean,
): Span[] {
  const [low = '', high = ''] = scale.domain.map((value) => shortNumber(value, scale));
  const signs = shadesOf(figure, ascii);
  const room = width - low.length - high.length - 5;
  const wide = room >= signs.length * 2 + 1 ? 2 : 1;
  const name = cut(label, Math.max(1, room - signs.length * wide), ascii);
  return [
    { text: `${name}  ${low} ` },
    { text: [...signs].map((sign) => sign.repeat(wide)).join(''), series: 0 },
    { text: ` ${high}` },
  ];
}

/** A line with spaces after it up to a width. */
function filled(line: readonly Span[], wide: number): Span[] {
  const used = line.reduce((sum, { text }) => sum + lengthOf(text), 0);
  return used >= wide ? [...line] : [...line, { text: ' '.repeat(wide - used) }];
}

const lengthOf = (text: string): number => byColumn(text).length;

/** East Asian wide letters and pictures, coarsely: terminals show them in two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** A text by columns: what takes two is followed by an empty string, and accents belong to the letter before them. */
function byColumn(text: string): string[] {
  if (/^[ -~]*$/.test(text)) return [...text];
  const out: string[] = [];
  for (const letter of text) {
    if (/^[\p{Mn}\p{Me}]$/u.test(letter) && out.length > 0) out[out.length - 1] += letter;
    else out.push(...(WIDE.test(letter) ? [letter, ''] : [letter]));
  }
  return out;
}

// Names come from data: what would move the cursor, or is not ASCII where only that shows, is replaced.
function cut(text: string, width: number, ascii: boolean): string {
  const safe = text.toWellFormed().replace(ascii ? /[^ -~]/gu : /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  const letters = byColumn(safe);
  if (letters.length <= width) return safe;
  const kept = Math.max(0, width - 1);
  // Half a letter is none.
  const isHalf = letters[kept] === '';
  return `${letters.slice(0, isHalf ? kept - 1 : kept).join('')}${isHalf ? ' ' : ''}${ascii ? '~' : '…'}`;
}
