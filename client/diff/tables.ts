import { exactTimes, plainRow } from '#store';
import { closest } from '../closest.ts';
import type { Compared } from './compared.ts';
import type { RowChange, TableDetail } from './document.ts';
import { formOf } from './form.ts';
import type { DiffOptions } from './options.ts';
import { isCloseNumber, isTolerant } from './tolerance.ts';

/** What is compared of an Arrow table or record batch; asked for by shape, so that Arrow is not loaded here. */
export interface TableLike {
  readonly numRows: number;
  readonly schema: {
    readonly fields: readonly FieldLike[];
    readonly metadata?: ReadonlyMap<string, string>;
  };
  getChildAt(index: number): Cells | null;
}

interface FieldLike {
  readonly name: string;
  readonly type: unknown;
  readonly nullable?: boolean;
  readonly metadata?: ReadonlyMap<string, string>;
}

interface Cells {
  get(row: number): unknown;
}

/** A column of a name that several have is told by its number among them. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly cells: Cells;
}

/** Rows that are listed unless all are wanted. */
const LISTED = 20;
/** Names of columns that are tried first as a key. */
const LIKELY = ['id', 'key', 'name', 'path', 'uuid'];

/**
 * What two tables differ in. Rows belong together by the key that is given, else by the first column that has no null and no value twice in
 * either table; where there is none, by their content alone, whatever their order. Of columns that only one has, or whose types differ, the cells
 * are not compared. `same` are the names of columns that hold the same in both tables, row by row: they are read only where they are needed to name or show rows.
 */
export function compareTables(
  a: TableLike,
  b: TableLike,
  options: DiffOptions = {},
  same: ReadonlySet<string> = new Set(),
): Compared<TableDetail> {
  return new Comparison({ a, b, same }, options).result();
}

class Comparison {
  readonly #options: DiffOptions;
  readonly #most: number;
  readonly #a: TableLike;
  readonly #b: TableLike;
  readonly #before: ReadonlyMap<string, Column>;
  readonly #after: ReadonlyMap<string, Column>;
  /** Names of the columns that both have with one type, in the order of b. */
  readonly #common: readonly string[];
  readonly #counts = { added: 0, removed: 0, changed: 0 };
  readonly #changed = new Set<string>();
  readonly #sample: RowChange[] = [];
  readonly #same: ReadonlySet<string>;
  #keyProblem: string | undefined;

  constructor(
    { a, b, same }: { readonly a: TableLike; readonly b: TableLike; readonly same: ReadonlySet<string> },
    options: DiffOptions,
  ) {
    this.#same = a.numRows === b.numRows ? same : new Set();
    this.#options = options;
    this.#most = options.full ? Number.POSITIVE_INFINITY : LISTED;
    this.#a = a;
    this.#b = b;
    this.#before = columnsOf(a);
    this.#after = columnsOf(b);
    this.#common = [...this.#after.keys()].filter(
      (name) => this.#before.get(name)?.type === this.#after.get(name)?.type,
    );
  }

  result(): Compared<TableDetail> {
    const key = this.#givenKey() ?? this.#foundKey();
    if (key?.every((name) => this.#same.has(name))) this.#compareInPlace(key);
    else if (key) this.#compareByKey(key);
    else this.#compareByContent();
    const both = [...this.#after.keys()].filter((name) => this.#before.has(name));
    const columns = {
      added: [...this.#after.keys()].filter((name) => !this.#before.has(name)),
      removed: [...this.#before.keys()].filter((name) => !this.#after.has(name)),
      retyped: both.filter((name) => !this.#common.includes(name)),
      changed: this.#common.filter((name) => this.#changed.has(name)),
    };
    const { added, removed, changed } = this.#counts;
    const schema = schemaChange(this.#a.schema, this.#b.schema);
    const isSameShape =
      columns.added.length + columns.removed.length + columns.retyped.length === 0 && schema === undefined;
    const keyProblem = this.#keyProblem;
    return {
      isClose: isTolerant(this.#options) && isSameShape && added + removed + changed === 0,
      detail: {
        columns,
        rows: { a: this.#a.numRows, b: this.#b.numRows, added, removed, changed },
        key: key ?? null,
        sample: this.#sample,
        ...(schema === undefined ? {} : { schema }),
        ...(keyProblem === undefined ? {} : { keyProblem }),
      },
    };
  }

  #givenKey(): readonly string[] | undefined {
    const { key = [] } = this.#options;
    if (key.length === 0) return undefined;
    const missing = key.find((name) => !this.#common.includes(name));
    if (missing !== undefined) {
      const meant = closest(missing, this.#common);
      const guess = meant === undefined ? '' : ` Did you mean ${meant}?`;
      this.#keyProblem = `The key was not used: the tables have no column ${JSON.stringify(missing)} in common.${guess}`;
      return undefined;
    }
    if (this.#isUnique(key)) return key;
    this.#keyProblem = `The key was not used: ${key.join(', ')} is missing in a row, or the same in two.`;
    return undefined;
  }

  #foundKey(): readonly string[] | undefined {
    const likely = LIKELY.filter((name) => this.#common.includes(name));
    const others = this.#common.filter((name) => !likely.includes(name));
    const candidates = [...likely, ...others].filter((name) =>
      isKey(name, this.#after.get(name)?.type ?? ''),
    );
    const found = candidates.find((name) => this.#isUnique([name]));
    return found === undefined ? undefined : [found];
  }

  #isUnique(key: readonly string[]): boolean {
    const sides = [[this.#before, this.#a.numRows] as const, [this.#after, this.#b.numRows] as const];
    // What holds of one side holds of the other where both are the same.
    return (key.every((name) => this.#same.has(name)) ? sides.slice(0, 1) : sides).every(
      ([columns, rows]) => {
        const cells = key.map((name) => columns.get(name)?.cells as Cells);
        const seen = new Set<unknown>();
        for (let row = 0; row < rows; row++) {
          const own = keyOf(cells, row);
          if (own === undefined || seen.has(own)) return false;
          seen.add(own);
        }
        return true;
      },
    );
  }

  /** Rows of equal keys stand in equal places. */
  #compareInPlace(key: readonly string[]): void {
    const others = this.#common.filter((name) => !this.#same.has(name));
    if (others.length === 0) return;
    for (let row = 0; row < this.#b.numRows; row++) this.#compareRows({ partner: row, row, key, others });
  }

  #compareByKey(key: readonly string[]): void {
    const cellsOf = (columns: ReadonlyMap<string, Column>) =>
      key.map((name) => columns.get(name)?.cells as Cells);
    const [keysBefore, keysAfter] = [cellsOf(this.#before), cellsOf(this.#after)];
    const rows = new Map<unknown, number>();
    for (let row = 0; row < this.#a.numRows; row++) rows.set(keyOf(keysBefore, row), row);
    const others = this.#common.filter((name) => !key.includes(name));
    for (let row = 0; row < this.#b.numRows; row++) {
      const own = keyOf(keysAfter, row);
      const partner = rows.get(own);
      if (partner === undefined) this.#add(row, key);
      else {
        rows.delete(own);
        this.#compareRows({ partner, row, key, others });
      }
    }
    for (const row of rows.values()) this.#remove(row, key);
  }

  #compareRows({
    partner,
    row,
    key,
    others,
  }: {
    readonly partner: number;
    readonly row: number;
    readonly key: readonly string[];
    readonly others: readonly string[];
  }): void {
    const differing: string[] = [];
    for (const name of others) {
      const x = this.#before.get(name)?.cells.get(partner);
      const y = this.#after.get(name)?.cells.get(row);
      if (!this.#isSameCell(x, y, this.#after.get(name)?.type ?? '')) differing.push(name);
    }
    if (differing.length === 0) return;
    this.#counts.changed += 1;
    for (const name of differing) this.#changed.add(name);
    this.#list(() => ({
      op: 'changed',
      at: [partner, row],
      key: formOfRow(this.#after, row, key),
      a: formOfRow(this.#before, partner, differing),
      b: formOfRow(this.#after, row, differing),
    }));
  }

  #isSameCell(x: unknown, y: unknown, type: string): boolean {
    if (Object.is(x, y)) return true;
    // A time is no measure: it is the same or another.
    const isTolerable = isTolerant(this.#options) && !/^(?:Timestamp|Date|Time|Duration)/.test(type);
    if (isNumber(x) && isNumber(y)) return isTolerable && isCloseNumber(x, y, this.#options);
    if (typeof x !== 'object' || typeof y !== 'object') return false;
    if (cellText(x) === cellText(y)) return true;
    return isTolerable && isCloseForm(formOfCell(x), formOfCell(y), this.#options);
  }

  #compareByContent(): void {
    const textOf = (columns: ReadonlyMap<string, Column>, row: number) =>
      this.#common.map((name) => cellText(columns.get(name)?.cells.get(row))).join();
    const rows = new Map<string, number[]>();
    const isPaired = this.#pairedRows();
    for (let row = this.#a.numRows - 1; row >= 0; row--) {
      if (isPaired(row)) continue;
      const own = textOf(this.#before, row);
      const same = rows.get(own);
      if (same) same.push(row);
      else rows.set(own, [row]);
    }
    for (let row = 0; row < this.#b.numRows; row++) {
      if (!isPaired(row) && rows.get(textOf(this.#after, row))?.pop() === undefined) this.#add(row);
    }
    const left = [...rows.values()].flat().sort((x, y) => x - y);
    for (const row of left) this.#remove(row);
    if (this.#counts.added + this.#counts.removed === 0) return;
    for (const name of this.#common) if (!this.#hasSameCells(name)) this.#changed.add(name);
  }

  /** Rows that are the same in the same place need not be looked for. Known where only some columns can differ. */
  #pairedRows(): (row: number) => boolean {
    if (this.#same.size === 0) return () => false;
    const others = this.#common.filter((name) => !this.#same.has(name));
    const cells = others.map((name) => [this.#before.get(name)?.cells, this.#after.get(name)?.cells]);
    return (row) => cells.every(([x, y]) => cellText(x?.get(row)) === cellText(y?.get(row)));
  }

  /** Whether a column holds the same cells on both sides, in whatever order. */
  #hasSameCells(name: string): boolean {
    if (this.#same.has(name)) return true;
    if (this.#a.numRows !== this.#b.numRows) return false;
    const counts = new Map<string, number>();
    const count = (columns: ReadonlyMap<string, Column>, by: number) => {
      for (let row = 0; row < this.#a.numRows; row++) {
        const own = cellText(columns.get(name)?.cells.get(row));
        counts.set(own, (counts.get(own) ?? 0) + by);
      }
    };
    count(this.#before, 1);
    count(this.#after, -1);
    return [...counts.values()].every((number) => number === 0);
  }

  #add(row: number, key?: readonly string[]): void {
    this.#counts.added += 1;
    this.#list(() => ({ op: 'added', at: [null, row], ...alone(this.#after, row, { key, side: 'b' }) }));
  }

  #remove(row: number, key?: readonly string[]): void {
    this.#counts.removed += 1;
    this.#list(() => ({ op: 'removed', at: [row, null], ...alone(this.#before, row, { key, side: 'a' }) }));
  }

  #list(change: () => RowChange): void {
    if (this.#sample.length < this.#most) this.#sample.push(change());
  }
}

/** Whether two nested cells differ in numbers alone, and these by no more than the tolerance. */
function isCloseForm(x: unknown, y: unknown, options: DiffOptions): boolean {
  if (typeof x === 'number' && typeof y === 'number') return isCloseNumber(x, y, options);
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return Object.is(x, y);
  if (Array.isArray(x) !== Array.isArray(y)) return false;
  const [before, after] = [Object.entries(x), Object.entries(y)];
  if (before.length !== after.length) return false;
  return before.every(([key, value], index) => {
    const [other, counterpart] = after[index] ?? [];
    return key === other && isCloseForm(value, counterpart, options);
  });
}

/** What schemas differ in beside names and types; undefined when in nothing. */
function schemaChange(a: TableLike['schema'], b: TableLike['schema']): TableDetail['schema'] | undefined {
  const byName = new Map(a.fields.map((field) => [field.name, field]));
  const both = b.fields.filter(({ name }) => byName.has(name));
  const textOf = (metadata: ReadonlyMap<string, string> = new Map()) => JSON.stringify([...metadata].sort());
  const differing = (property: (field: FieldLike) => unknown) =>
    both.flatMap((field) => {
      const before = byName.get(field.name) as FieldLike;
      return property(before) === property(field) ? [] : [field.name];
    });
  const names = new Set(both.map(({ name }) => name));
  const before = a.fields.flatMap(({ name }) => (names.has(name) ? [name] : []));
  const reordered = before.join('\0') !== both.map(({ name }) => name).join('\0');
  const nullable = differing((field) => field.nullable);
  const metadata = [
    ...(textOf(a.metadata) === textOf(b.metadata) ? [] : ['']),
    ...differing((field) => textOf(field.metadata)),
  ];
  if (!reordered && nullable.length + metadata.length === 0) return undefined;
  return { reordered, nullable, metadata };
}

function columnsOf(table: TableLike): Map<string, Column> {
  const columns = new Map<string, Column>();
  for (const [index, { name: own, type }] of table.schema.fields.entries()) {
    let name = own;
    for (let number = 2; columns.has(name); number++) name = `${own} (${number})`;
    columns.set(name, new LazyColumn(name, String(type), () => table.getChildAt(index)));
  }
  return columns;
}

/** A column whose cells are read when they are first asked for. */
class LazyColumn implements Column {
  readonly name: string;
  readonly type: string;
  readonly #read: () => Cells | null;
  #cells: Cells | undefined;

  constructor(name: string, type: string, read: () => Cells | null) {
    this.name = name;
    this.type = type;
    this.#read = read;
  }

  get cells(): Cells {
    this.#cells ??= exactTimes(this.#read() ?? NO_CELLS, this.type);
    return this.#cells;
  }
}

const NO_CELLS: Cells = { get: () => null };

/** Floating-point numbers name rows only where the column says so: measurements may be unique by chance. What has parts names none. */
const isKey = (name: string, type: string): boolean =>
  /^(?:Dictionary<.*(?:Utf8|Int)|LargeUtf8|Utf8|U?[Ii]nt|Date|Timestamp)/.test(type) ||
  (type.startsWith('Float') && /^(?:id|key|uuid)$|[_ ]id$|[a-z]I[dD]$/.test(name));

/** What a row is found by; undefined when one of the cells is null. */
function keyOf(cells: readonly Cells[], row: number): unknown {
  const [first] = cells;
  if (cells.length === 1 && first) {
    const own = first.get(row);
    if (own === null || own === undefined) return undefined;
    return typeof own === 'object' ? cellText(own) : own;
  }
  const all = cells.map((column) => column.get(row));
  return all.some((own) => own === null || own === undefined) ? undefined : all.map(cellText).join();
}

/** A text that equal cells have in common, and no others; no two of them joined are like another two. */
function cellText(cell: unknown): string {
  switch (typeof cell) {
    case 'string':
      return `s${cell.length}:${cell}`;
    case 'number':
      return Object.is(cell, -0) ? 'd-0' : `d${cell}`;
    case 'bigint':
      return `i${cell}`;
    case 'boolean':
      return cell ? 'T' : 'F';
    default:
      return cell === null || cell === undefined ? 'n' : `o${JSON.stringify(formOfCell(cell))}`;
  }
}

/** A cell as JSON can carry it. A decimal is a class of Arrow's own over its words: told as its digits without the point. */
function formOfCell(cell: unknown): unknown {
  const isBigNumber = ArrayBuffer.isView(cell) && /BigNum$|^BN$/.test(cell.constructor.name);
  return isBigNumber ? String(cell) : formOf(plainRow(cell));
}

const isNumber = (cell: unknown): cell is number | bigint =>
  typeof cell === 'number' || typeof cell === 'bigint';

function formOfRow(
  columns: ReadonlyMap<string, Column>,
  row: number,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => [name, formOfCell(columns.get(name)?.cells.get(row) ?? null)]),
  );
}

/** A row that one side alone has, and the cells of its key where there is one. */
const alone = (
  columns: ReadonlyMap<string, Column>,
  row: number,
  { key, side }: { readonly key: readonly string[] | undefined; readonly side: 'a' | 'b' },
) => ({
  ...(key ? { key: formOfRow(columns, row, key) } : {}),
  [side]: formOfRow(columns, row, [...columns.keys()]),
});
