import { basename, extname } from 'node:path';
import { type ArrowTable, arrowFile, tableOfColumns, writeFileAtomically } from '#store';
import { formOf } from '../diff/form.ts';
import { ArgumentError } from '../errors.ts';
import { DISPLAY, INSPECT } from '../inspect.ts';
import { type Plot, plot } from '../plot/plot.ts';
import type { PlotSpec } from '../plot/spec.ts';
import { parquetFile } from './parquet.ts';
import { tableDisplay, tablePicture } from './table-picture.ts';
import { csvText, jsonLines, markdownText } from './table-text.ts';

/** A table of runs or tasks: an Arrow table that can be written to a file. */
export interface RunTable extends ArrowTable {
  /**
   * Writes the table to a file, in the format its name ends with: `.parquet`, `.arrow` (an Arrow IPC file), `.csv` (RFC 4180, with a heading), `.jsonl` (a JSON
   * object a row) or `.md`. The file appears whole or not at all. Throws ArgumentError for another ending, and what the file system throws.
   */
  write(file: string): void;
  /** A picture of its columns: `table.plot({ x: 'lr', y: 'loss', kind: 'scatter' })`. Throws PlotError. */
  plot(spec?: PlotSpec): Plot;
}

/** A format that tables are written in. */
export type TableFormat = 'parquet' | 'arrow' | 'csv' | 'jsonl' | 'md';

/** The table of columns; see `tableOfColumns`. Values that no column type fits are written as JSON. */
export const runTableOf = (columns: Parameters<typeof tableOfColumns>[0]): RunTable =>
  writable(tableOfColumns(columns, (value) => JSON.stringify(formOf(value))));

/** A table, with the ways that a {@link RunTable} has beyond Arrow's. */
export function writable(table: ArrowTable): RunTable {
  const write = (file: string): void => {
    writeTable(table, file, formatOf(file));
  };
  const draw = (spec?: PlotSpec): Plot => plot(table, spec);
  return Object.defineProperties(table, {
    write: { value: write, configurable: true },
    plot: { value: draw, configurable: true },
    [INSPECT]: { value: () => tablePicture(table), configurable: true },
    [DISPLAY]: { value: () => tableDisplay(table), configurable: true },
  }) as RunTable;
}

/** Writes a table to a file of any name, which appears whole or not at all. */
export const writeTable = (table: ArrowTable, file: string, format: TableFormat): void =>
  writeFileAtomically(file, Buffer.from(tableBytes(table, format)));

/** The format that the name of a file asks for. Throws ArgumentError. */
export function formatOf(file: string): TableFormat {
  const ending = extname(file).slice(1);
  if (Object.hasOwn(WRITERS, ending)) return ending as TableFormat;
  const takes = `a file that ends with .${TABLE_FORMATS.join(', .')}`;
  throw new ArgumentError({
    call: 'write',
    takes,
    given: basename(file),
    example: "table.write('runs.parquet')",
  });
}

/** A table as the bytes of a file. Throws ArgumentError for a column of a type that the format lacks. */
export const tableBytes = (table: ArrowTable, format: TableFormat): Uint8Array => WRITERS[format](table);

const WRITERS: Readonly<Record<TableFormat, (table: ArrowTable) => Uint8Array>> = {
  parquet: parquetFile,
  arrow: arrowFile,
  csv: (table) => Buffer.concat([...csvText(table)]),
  jsonl: (table) => Buffer.concat([...jsonLines(table)]),
  md: (table) => Buffer.concat([...markdownText(table)]),
};

/** All formats. */
export const TABLE_FORMATS = Object.keys(WRITERS) as readonly TableFormat[];
