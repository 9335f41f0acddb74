import type { Output } from '../output.ts';
import { type Brush, plain } from './paint.ts';
import { Text } from './text.ts';
import { cutEnd, cutMiddle, pad, widthOf } from './width.ts';

/** A column of a table and how it gives way on a narrow terminal. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Where a value that does not fit is cut; `middle` for ids and digests. `end` when absent. */
  readonly cut?: 'end' | 'middle';
  /** The column with the lowest number is left out first; one without is never left out. */
  readonly drop?: number;
}

/** A value of a table; `brush` colours it after it has been measured and cut. */
export interface Cell {
  readonly text: string;
  readonly brush?: Brush;
}

/** What is to be drawn. Rows have a value for every column. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (Cell | string)[])[];
}

/** A drawn table, and the titles of columns that found no place. */
export interface DrawnTable {
  readonly text: Text;
  readonly dropped: readonly string[];
}

const GAP = 2;
/** A column is not made narrower than this as long as another is wider. */
const NARROWEST = 4;

/**
 * Draws a table as wide as the terminal at most: columns that may be left out are, the widest of the others are cut.
 * Every line ends with a newline.
 */
export async function drawTable(table: Table, output: Output): Promise<DrawnTable> {
  const { columns } = output;
  const cells = table.rows.map((row) => row.map((value) => toCell(value, columns)));
  const widths = table.columns.map((column, index) =>
    cells.reduce(
      (width, row) => Math.max(width, widthOf(row[index]?.text ?? '', columns)),
      widthOf(column.title, columns),
    ),
  );
  const shown = fit(table.columns, widths, columns);
  const text = await layOut({ columns: table.columns, cells, shown }, output);
  const dropped = table.columns.filter((_, index) => !shown.has(index)).map(({ title }) => title);
  return { text, dropped };
}

/** A cell takes at most so many UTF-16 units a column of the terminal: a longer one is cut before anything looks at it. */
const UNITS = 64;

function toCell(value: Cell | string, columns: number): Cell {
  const cell = typeof value === 'string' ? { text: value } : value;
  const { text } = cell;
  // Both ends are kept, for the cut may be in the middle.
  const most = columns * UNITS;
  const short = text.length > 2 * most ? text.slice(0, most) + text.slice(-most) : text;
  return short.includes('\t') || short !== text ? { ...cell, text: short.replaceAll('\t', ' ') } : cell;
}

/** The columns to show, by index, with their widths. */
function fit(
  columns: readonly Column[],
  widths: readonly number[],
  room: number,
): ReadonlyMap<number, number> {
  const shown = new Map(widths.entries());
  const droppable = [...columns.entries()]
    .filter(([, { drop }]) => drop !== undefined)
    .sort(([, a], [, b]) => (a.drop ?? 0) - (b.drop ?? 0));
  let total = widths.reduce((sum, width) => sum + width + GAP, -GAP);
  for (const [index] of droppable) {
    if (total <= room) break;
    total -= (shown.get(index) ?? 0) + GAP;
    shown.delete(index);
  }
  for (let excess = totalOf(shown) - room; excess > 0; excess = totalOf(shown) - room) {
    const [widest, second] = [...shown].sort(([, a], [, b]) => b - a);
    if (!widest || widest[1] <= NARROWEST) break;
    // Down to the next widest at once, one further when they are equal.
    const target = Math.max(widest[1] - excess, Math.min(second?.[1] ?? 0, widest[1] - 1), NARROWEST);
    shown.set(widest[0], target);
  }
  return shown;
}

const totalOf = (shown: ReadonlyMap<number, number>): number =>
  [...shown.values()].reduce((sum, width) => sum + width + GAP, -GAP);

interface Layout {
  readonly columns: readonly Column[];
  readonly cells: readonly (readonly Cell[])[];
  readonly shown: ReadonlyMap<number, number>;
}

/** The library takes a tenth of a millisecond for a row: longer tables are laid out here, and look the same. */
const MOST_BY_LIBRARY = 200;

async function layOut(layout: Layout, output: Output): Promise<Text> {
  const rows = [headOf(layout, output), ...layout.cells.map((row) => rowOf(row, layout, output))];
  const lines = rows.length > MOST_BY_LIBRARY ? padded(rows, layout) : await byLibrary(rows, layout);
  return Text.trusted(lines.map((line) => `${line.trimEnd()}\n`).join(''));
}

const usedOf = ({ shown }: Layout): number[] => [...shown.keys()].sort((a, b) => a - b);

const headOf = (layout: Layout, output: Output): Text[] =>
  usedOf(layout).map((index) =>
    output.paint.faint(cutTo(layout.columns[index]?.title ?? '', index, { layout, output })),
  );

const rowOf = (row: readonly Cell[], layout: Layout, output: Output): Text[] =>
  usedOf(layout).map((index) => {
    const { text = '', brush = plain } = row[index] ?? {};
    return brush(cutTo(text, index, { layout, output }));
  });

function cutTo(
  text: string,
  index: number,
  { layout: { columns, shown }, output }: { readonly layout: Layout; readonly output: Output },
): Text {
  const cut = columns[index]?.cut === 'middle' ? cutMiddle : cutEnd;
  return cut(text, shown.get(index) ?? 0, output.glyphs.ellipsis);
}

async function byLibrary(rows: readonly (readonly Text[])[], layout: Layout): Promise<string[]> {
  const { default: CliTable } = await import('cli-table3');
  const used = usedOf(layout);
  const [head = [], ...others] = rows.map((row) => row.map(String));
  const table = new CliTable({
    head,
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
    colAligns: used.map((index) => layout.columns[index]?.align ?? 'left'),
  });
  table.push(...others);
  return table.toString().split('\n');
}

function padded(rows: readonly (readonly Text[])[], layout: Layout): string[] {
  const columns = usedOf(layout).map((index) => ({
    width: layout.shown.get(index) ?? 0,
    side: layout.columns[index]?.align === 'right' ? ('left' as const) : ('right' as const),
  }));
  const gap = ' '.repeat(GAP);
  return rows.map((row) => columns.map(({ width, side }, at) => pad(row[at] ?? '', width, side)).join(gap));
}

const NO_BORDERS = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((name) => [name, '']),
);
