import type { ArrowTable } from '#store';
import { escapeHtml } from '../inspect.ts';
import { cellTexts } from './table-text.ts';

/** Rows that are shown of a table, and characters of a cell. */
const ROWS = 20;
const CELL = 40;

/** A table as text: its size, its columns, and its first rows aligned. */
export function tablePicture(table: ArrowTable): string {
  const { names, rows } = headOf(table);
  const widths = names.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()}`;
  return [titleOf(table), line(names), ...rows.map(line), ...moreOf(table)].join('\n');
}

/** A table as a notebook shows it. */
export function tableDisplay(table: ArrowTable): Record<'text/plain' | 'text/html', string> {
  const { names, rows } = headOf(table);
  const row = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const note = [titleOf(table), ...moreOf(table)].map(escapeHtml).join(' ');
  const html = `<table><thead>${row(names, 'th')}</thead><tbody>${rows.map((cells) => row(cells, 'td')).join('')}</tbody></table><p>${note}</p>`;
  return { 'text/plain': tablePicture(table), 'text/html': html };
}

const titleOf = ({ numRows, schema }: ArrowTable): string =>
  `Table of ${numRows} rows and ${schema.fields.length} columns`;

const moreOf = ({ numRows }: ArrowTable): string[] =>
  numRows > ROWS ? [`  and ${numRows - ROWS} more rows`] : [];

function headOf(table: ArrowTable): { readonly names: string[]; readonly rows: string[][] } {
  const names = table.schema.fields.map(({ name }) => name);
  const rows = cellTexts(table, ROWS).map((row) =>
    row.map((cell) => (cell.length > CELL ? `${cell.slice(0, CELL - 1)}…` : cell)),
  );
  return { names, rows };
}
