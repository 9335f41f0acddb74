import { csvLine, markdownLine } from '#client';
import { type Output, sendAll } from '../output.ts';
import { type Cell, type Column, drawTable } from '../plain/table.ts';
import { tsvLine } from '../plain/tsv.ts';
import { UsageError } from '../usage.ts';
import { nearest } from './nearest.ts';

/** The ways to write rows of texts. `table` is for people; a program gets tab-separated values without a heading. */
export const ROW_FORMATS = ['table', 'tsv', 'csv', 'md', 'json'] as const;

/** One of {@link ROW_FORMATS}. */
export type RowFormat = (typeof ROW_FORMATS)[number];

/** The format that options ask for. Throws UsageError for one that is not there, and for two at once. */
export function rowFormat({ format, json }: { readonly format?: string; readonly json?: true }): RowFormat {
  if (json && format !== undefined && format !== 'json')
    throw new UsageError('--json and --format contradict each other. Give one of them.');
  const wanted = json ? 'json' : (format ?? 'table');
  return ROW_FORMATS.find((one) => one === wanted) ?? nearest('--format takes one', wanted, ROW_FORMATS);
}

/** Rows of texts under columns. */
export interface Rows {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (Cell | string)[])[];
}

/** Writes rows in a format other than JSON. */
export async function sendRows(
  { columns, rows }: Rows,
  format: Exclude<RowFormat, 'json'>,
  output: Output,
): Promise<void> {
  if (format === 'table' && output.isTerminal) {
    output.write((await drawTable({ columns, rows }, output)).text);
    return;
  }
  const line = { tsv: tsvLine, table: tsvLine, csv: csvLine, md: markdownLine }[format];
  const heading = format === 'table' ? [] : [line(columns.map(({ title }) => title))];
  const under = format === 'md' ? [line(columns.map(() => '---'))] : [];
  const textOf = (cell: Cell | string) => (typeof cell === 'string' ? cell : cell.text);
  const lines = rows.map((row) => line(row.map(textOf)));
  await sendAll([...heading, ...under, ...lines], output);
}
