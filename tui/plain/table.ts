import type { Output } from '../output.ts';
import { escapeControls } from './escape.ts';
import type { Brush } from './paint.ts';
import { cutEnd, cutMiddle, widthOf } from './width.ts';

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
  readonly text: string;
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
  const cells = table.rows.map((row) => row.map(toCell));
  const widths = table.columns.map((column, index) =>
    cells.reduce((width, row) => Math.max(width, widthOf(row[index]?.text ?? '')), widthOf(column.title)),
  );
  const shown = fit(table.columns, widths, output.columns);
  const lines = (await layOut({ columns: table.columns, cells, shown }, output))
    .split('\n')
    .map((line) => line.trimEnd());
  const dropped = table.columns.filter((_, index) => !shown.has(index)).map(({ title }) => title);
  return { text: `${lines.join('\n')}\n`, dropped };
}

function toCell(value: Cell | string): Cell {
  const cell = typeof value === 'string' ? { text: value } : value;
  return { ...cell, text: escapeControls(cell.text.replaceAll('\t', ' ')) };
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
  for (const [index] of droppable) {
    if (totalOf(shown) <= room) break;
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

async function layOut({ columns, cells, shown }: Layout, output: Output): Promise<string> {
  const { default: CliTable } = await import('cli-table3');
  const used = [...shown.keys()].sort((a, b) => a - b);
  const none = { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true };
  const table = new CliTable({
    head: used.map((index) => output.paint.faint(textFor(columns[index]?.title ?? '', index))),
    chars: NO_BORDERS,
    style: none,
    colAligns: used.map((index) => columns[index]?.align ?? 'left'),
  });
  for (const row of cells) {
    table.push(
      used.map((index) => {
        const { text, brush } = row[index] ?? { text: '' };
        const cut = textFor(text, index);
        return brush && cut !== '' ? brush(cut) : cut;
      }),
    );
  }
  return table.toString();

  function textFor(text: string, index: number): string {
    const cut = columns[index]?.cut === 'middle' ? cutMiddle : cutEnd;
    return cut(text, shown.get(index) ?? 0, output.glyphs.ellipsis);
  }
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
