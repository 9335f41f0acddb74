import { createRequire } from 'node:module';
import { basename, extname } from 'node:path';
import { type ArrowTable, arrowFile, tableOfColumns, writeFileAtomically } from '#store';
import { formOf } from '../diff/form.ts';
import { ArgumentError } from '../errors.ts';

/** A table of runs or tasks: an Arrow table that can be written to a file. */
export interface RunTable extends ArrowTable {
  /**
   * Writes the table to a file, in the format its name ends with: `.parquet`, `.arrow` (an Arrow IPC file), `.csv` (RFC 4180, with a heading), `.jsonl` (a JSON
   * object a row) or `.md`. The file appears whole or not at all. Throws ArgumentError for another ending, and what the file system throws.
   */
  write(file: string): void;
}

/** A format that tables are written in. */
export type TableFormat = 'parquet' | 'arrow' | 'csv' | 'jsonl' | 'md';

/** The table of columns; see `tableOfColumns`. Values that no column type fits are written as JSON. */
export function runTableOf(columns: Parameters<typeof tableOfColumns>[0]): RunTable {
  const table = tableOfColumns(columns, (value) => JSON.stringify(formOf(value)));
  const write = (file: string): void => {
    const format = formatOf(file);
    writeFileAtomically(file, Buffer.from(tableBytes(table, format)));
  };
  return Object.defineProperty(table, 'write', { value: write }) as RunTable;
}

function formatOf(file: string): TableFormat {
  const ending = extname(file).slice(1);
  if (Object.hasOwn(WRITERS, ending)) return ending as TableFormat;
  const takes = `a file that ends with .${Object.keys(WRITERS).join(', .')}`;
  throw new ArgumentError({
    call: 'write',
    takes,
    given: basename(file),
    example: "table.write('runs.parquet')",
  });
}

/** A table as the bytes of a file. */
export const tableBytes = (table: ArrowTable, format: TableFormat): Uint8Array => WRITERS[format](table);

const WRITERS: Readonly<Record<TableFormat, (table: ArrowTable) => Uint8Array>> = {
  parquet: parquetFile,
  arrow: arrowFile,
  csv: (table) => Buffer.from(delimitedText(table, csvLine)),
  jsonl: (table) =>
    Buffer.from(
      rowsOf(table)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(''),
    ),
  md: (table) =>
    Buffer.from(delimitedText(table, markdownLine, (width) => markdownLine(Array(width).fill('---')))),
};

/** Arrow's types as Parquet's; those are all that a table of columns has. */
const PARQUET_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^Float64/, 'DOUBLE'],
  [/^Int64/, 'INT64'],
  [/^Bool/, 'BOOLEAN'],
  [/^Timestamp/, 'TIMESTAMP'],
];

function parquetFile(table: ArrowTable): Uint8Array {
  const { parquetWriteBuffer } = createRequire(import.meta.url)('hyparquet-writer') as {
    parquetWriteBuffer(options: object): ArrayBuffer;
  };
  const columnData = table.schema.fields.map(({ name, type }, index) => {
    const wanted = PARQUET_TYPES.find(([pattern]) => pattern.test(String(type)))?.[1] ?? 'STRING';
    const cells = [...(table.getChildAt(index) ?? [])];
    const data =
      wanted === 'TIMESTAMP' ? cells.map((cell) => (cell === null ? null : new Date(cell))) : cells;
    return { name, data, type: wanted, nullable: true };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

type Row = Record<string, unknown>;

/** Rows as JSON can carry them: times in ISO 8601, BigInts as strings; NaN and infinities, which JSON lacks, as strings too. */
function rowsOf(table: ArrowTable): Row[] {
  const columns = table.schema.fields.map(({ name, type }, index) => {
    const isTime = String(type).startsWith('Timestamp');
    const vector = table.getChildAt(index);
    return { name, cell: (row: number) => plain(vector?.get(row), isTime) };
  });
  return Array.from({ length: table.numRows }, (_, row) =>
    Object.fromEntries(columns.map(({ name, cell }) => [name, cell(row)])),
  );
}

function plain(cell: unknown, isTime: boolean): unknown {
  if (cell === null || cell === undefined) return null;
  if (isTime) return new Date(Number(cell)).toISOString();
  const isNumber = typeof cell === 'number' && Number.isFinite(cell);
  return isNumber || typeof cell === 'boolean' ? cell : String(cell);
}

function delimitedText(
  table: ArrowTable,
  line: (cells: readonly string[]) => string,
  under?: (width: number) => string,
): string {
  const names = table.schema.fields.map(({ name }) => name);
  const body = rowsOf(table).map((row) =>
    line(names.map((name) => (row[name] === null ? '' : String(row[name])))),
  );
  return [line(names), ...(under ? [under(names.length)] : []), ...body].join('');
}

/** A line of CSV as RFC 4180 has it. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;

/** A row of a table in Markdown. */
export const markdownLine = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replace(/[\r\n]+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |\n`;
