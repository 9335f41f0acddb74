import type { Output } from '../output.ts';
import { columnNames, rowsOf, type Table } from '../plain/columnar.ts';
import { oneLine } from '../plain/preview.ts';
import { drawTable } from '../plain/table.ts';
import { plural } from '../plain/words.ts';

/** An Arrow table as a terminal shows it: its first rows, as many columns as fit, and what was left out. */
export async function tableText(table: Table, output: Output, most: number): Promise<string> {
  const names = columnNames(table);
  const rows = rowsOf(table, most);
  const { text, dropped } = await drawTable(
    {
      // The last columns are left out first.
      columns: names.map((title, index) => ({
        title,
        align: rows.every((row) => isNumber(row[title])) ? 'right' : 'left',
        ...(index === 0 ? {} : { drop: names.length - index }),
      })),
      rows: rows.map((row) => names.map((name) => cellText(row[name]))),
    },
    output,
  );
  const missing = [
    ...(table.numRows > rows.length ? [plural(table.numRows - rows.length, 'more row')] : []),
    ...(dropped.length > 0 ? [`${plural(dropped.length, 'more column')}: ${dropped.join(', ')}`] : []),
  ];
  return missing.length === 0
    ? text
    : `${text}${output.paint.faint(`${output.glyphs.ellipsis} ${missing.join('; ')}`)}\n`;
}

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'bigint' || value === null;

/** A cell's value in few words; texts stand without quotes. */
function cellText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'bigint' ? String(value) : oneLine(value, 60);
}
