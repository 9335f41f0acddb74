import type { Output } from '../output.ts';
import type { Table } from '../plain/columnar.ts';
import { oneLine } from '../plain/preview.ts';
import { drawTable } from '../plain/table.ts';
import { type Text, text } from '../plain/text.ts';
import { listing, plural } from '../plain/words.ts';

/** A column takes at least this many columns of the terminal: its own and the gap. */
const NARROWEST = 3;

/** An Arrow table as a terminal shows it: its first rows, as many columns as fit, and what was left out. */
export async function tableText(table: Table, output: Output, most: number): Promise<Text> {
  const { fields } = table.schema;
  // No more are looked at than could have a place.
  const names = fields.slice(0, Math.ceil(output.columns / NARROWEST) + 1).map(({ name }) => name);
  const columns = names.map((_, index) => table.getChildAt(index));
  const count = Math.min(most, table.numRows);
  const rows = Array.from({ length: count }, (_, row) => columns.map((column) => column?.get(row)));
  const { text: drawn, dropped } = await drawTable(
    {
      // The last columns are left out first.
      columns: names.map((title, index) => ({
        title,
        align: rows.every((row) => isNumber(row[index])) ? 'right' : 'left',
        ...(index === 0 ? {} : { drop: names.length - index }),
      })),
      rows: rows.map((row) => row.map(cellText)),
    },
    output,
  );
  const left = fields.length - names.length + dropped.length;
  const leftOut = [...dropped, ...fields.slice(names.length, names.length + 10).map(({ name }) => name)];
  const missing = [
    ...(table.numRows > count ? [plural(table.numRows - count, 'more row')] : []),
    ...(left > 0 ? [`${plural(left, 'more column')}: ${listing(leftOut, 10, left)}`] : []),
  ];
  return missing.length === 0
    ? drawn
    : text`${drawn}${output.paint.faint(text`${output.glyphs.ellipsis} ${missing.join('; ')}`)}\n`;
}

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'bigint' || value === null;

/** A cell's value in few words; strings stand without quotes. */
function cellText(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, 1000);
  return typeof value === 'bigint' ? String(value) : oneLine(value, 60);
}
