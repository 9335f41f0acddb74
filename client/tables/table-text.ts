import { type ArrowTable, type CellColumn, cellColumns } from '#store';
import { refuseColumn } from './parquet.ts';

/** Rows that are written at a time. */
const STRETCH = 10_000;

/** A table as CSV, RFC 4180, with a heading, piece by piece. What is missing is empty. */
export function* csvText(table: ArrowTable): Generator<Buffer> {
  yield* delimited(table, csvLine, '');
}

/** A table in Markdown. */
export function* markdownText(table: ArrowTable): Generator<Buffer> {
  yield* delimited(table, markdownLine, markdownLine(table.schema.fields.map(() => '---')));
}

/**
 * A JSON object a row: times in ISO 8601, 64-bit integers and decimals as strings, bytes in base64; NaN and infinities, which JSON lacks, as strings
 * too.
 */
export function* jsonLines(table: ArrowTable): Generator<Buffer> {
  for (const { names, rows } of stretches(table)) {
    const lines = rows.map((row) => {
      const cells = row.map((cell) => (cell instanceof Json ? cell.value : cell));
      return `${JSON.stringify(Object.fromEntries(names.map((name, index) => [name, cells[index]])))}\n`;
    });
    yield Buffer.from(lines.join(''));
  }
}

/** The cells of the first rows of a table as text; what is missing is empty. Control characters are replaced. */
export function cellTexts(table: ArrowTable, most: number): string[][] {
  const columns = cellColumns(table);
  const cells = columns.map((column) =>
    column.cells(0, Math.min(most, table.numRows)).map((cell) => plain(cell, column)),
  );
  return Array.from({ length: Math.min(most, table.numRows) }, (_, row) =>
    cells.map((column) => textOf(column[row] ?? null).replace(/\p{Cc}/gu, ' ')),
  );
}

function* delimited(
  table: ArrowTable,
  line: (cells: readonly string[]) => string,
  under: string,
): Generator<Buffer> {
  yield Buffer.from(line(table.schema.fields.map(({ name }) => name)) + under);
  for (const { rows } of stretches(table))
    yield Buffer.from(rows.map((row) => line(row.map(textOf))).join(''));
}

/** A cell that is not plain. */
class Json {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

type Cell = string | number | boolean | null | Json;

const textOf = (cell: Cell): string =>
  cell === null ? '' : cell instanceof Json ? JSON.stringify(cell.value) : String(cell);

function* stretches(table: ArrowTable): Generator<{ names: string[]; rows: Cell[][] }> {
  const columns = cellColumns(table);
  for (const column of columns) if (column.form.kind === 'other') refuseColumn(column);
  const names = columns.map(({ name }) => name);
  for (let from = 0; from < table.numRows; from += STRETCH) {
    const to = Math.min(table.numRows, from + STRETCH);
    const cells = columns.map((column) => column.cells(from, to).map((cell) => plain(cell, column)));
    const rows = Array.from({ length: to - from }, (_, row) => cells.map((column) => column[row] ?? null));
    yield { names, rows };
  }
}

function plain(cell: unknown, { form }: CellColumn): Cell {
  if (cell === null || cell === undefined) return null;
  switch (form.kind) {
    case 'timestamp':
      return timeText(cell as bigint, form);
    case 'date':
      return new Date(Number(cell)).toISOString().slice(0, 10);
    case 'decimal':
      return decimalText(cell as bigint, form.scale);
    case 'binary':
      return Buffer.from(cell as Uint8Array).toString('base64');
    case 'json':
      return new Json(cell);
    default:
      if (typeof cell === 'boolean') return cell;
      return typeof cell === 'number' && Number.isFinite(cell) ? cell : String(cell);
  }
}

/** A time in ISO 8601, with as many digits of the second as the unit has; without a zone it says none. */
function timeText(
  time: bigint,
  { unit, isUtc }: { readonly unit: 'ms' | 'us' | 'ns'; readonly isUtc: boolean },
): string {
  const perMilli = { ms: 1n, us: 1000n, ns: 1_000_000n }[unit];
  const rest = ((time % perMilli) + perMilli) % perMilli;
  const date = new Date(Number((time - rest) / perMilli));
  if (Number.isNaN(date.getTime())) return String(time);
  const digits = unit === 'ms' ? '' : String(rest).padStart(unit === 'us' ? 3 : 6, '0');
  return date.toISOString().replace('Z', `${digits}${isUtc ? 'Z' : ''}`);
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** A line of CSV as RFC 4180 has it. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;

/** A row of a table in Markdown. */
export const markdownLine = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replace(/[\r\n]+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |\n`;
