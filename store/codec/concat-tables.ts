import { type ArrowTable, type ArrowType, type ArrowVector, loadArrow } from './arrow.ts';
import { tableOfVectors } from './table-of-columns.ts';

/** A table to put under others, and what its rows are marked with. */
export interface TablePart {
  readonly table: ArrowTable;
  /** Columns of one text, which come first: where the rows are from. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Two parts have a column whose types have nothing in common. */
export interface ColumnConflict {
  readonly column: string;
  /** Positions of two parts, and the types of the column there. */
  readonly parts: readonly [number, number];
  readonly types: readonly [string, string];
}

/**
 * Puts tables under each other. A column that a table lacks is null there; integers become floats beside floats, and the wider of two widths of one kind wins; values of
 * a dictionary are written out. A column that is called like a label becomes `own <name>`. Integers of 64 bits do not go with floats, which would round them. `refuse` is given the first column whose types differ otherwise, and must throw.
 */
export function concatTables(
  parts: readonly TablePart[],
  refuse: (conflict: ColumnConflict) => never,
): ArrowTable {
  const { Utf8 } = loadArrow();
  const columns: [string, ArrowVector][] = [];
  const labels = new Set(parts.flatMap((part) => Object.keys(part.labels)));
  for (const label of labels) {
    columns.push([
      label,
      stacked(parts.map((part) => filled(part.labels[label] ?? null, part.table.numRows, new Utf8()))),
    ]);
  }
  for (const [name, type] of typesOf(parts, refuse)) {
    const pieces = parts.map(({ table }) => {
      const vector = table.getChild(name);
      return vector ? cast(vector, type) : filled(null, table.numRows, type);
    });
    columns.push([labels.has(name) ? `own ${name}` : name, stacked(pieces)]);
  }
  return tableOfVectors(columns);
}

/** The columns of all parts with their types, in the order in which they first stand. */
function typesOf(
  parts: readonly TablePart[],
  refuse: (conflict: ColumnConflict) => never,
): Map<string, ArrowType> {
  const types = new Map<string, { readonly type: ArrowType; readonly part: number }>();
  for (const [part, { table }] of parts.entries()) {
    for (const field of table.schema.fields) {
      const type = plainType(field.type);
      const known = types.get(field.name);
      const common = known === undefined ? type : commonType(known.type, type);
      if (common === undefined && known !== undefined)
        return refuse({
          column: field.name,
          parts: [known.part, part],
          types: [String(known.type), String(type)],
        });
      if (common) types.set(field.name, { type: common, part: known?.part ?? part });
    }
  }
  return new Map([...types].map(([name, { type }]) => [name, type]));
}

function plainType(type: ArrowType): ArrowType {
  const { DataType } = loadArrow();
  return DataType.isDictionary(type) ? (type.dictionary as ArrowType) : type;
}

function commonType(a: ArrowType, b: ArrowType): ArrowType | undefined {
  const { DataType, Float64 } = loadArrow();
  if (String(a) === String(b)) return a;
  if (DataType.isNull(a)) return b;
  if (DataType.isNull(b)) return a;
  const isNumeric = (type: ArrowType) => DataType.isInt(type) || DataType.isFloat(type);
  if (!isNumeric(a) || !isNumeric(b)) return undefined;
  if (DataType.isInt(a) && DataType.isInt(b) && a.isSigned === b.isSigned)
    return a.bitWidth >= b.bitWidth ? a : b;
  if (DataType.isFloat(a) && DataType.isFloat(b)) return a.precision >= b.precision ? a : b;
  // Integers of 64 bits do not fit into a float, nor do signed and unsigned ones of that width into each other.
  const isWide = (type: ArrowType) => DataType.isInt(type) && type.bitWidth === 64;
  return isWide(a) || isWide(b) ? undefined : new Float64();
}

function cast(vector: ArrowVector, type: ArrowType): ArrowVector {
  const { DataType, vectorFromArray } = loadArrow();
  if (String(vector.type) === String(type)) return vector;
  const isWide = DataType.isInt(type) && type.bitWidth === 64;
  const cells = [...vector].map((cell) => (cell !== null && isWide ? BigInt(cell) : cell));
  return vectorFromArray(cells, type);
}

const filled = (value: string | null, length: number, type: ArrowType): ArrowVector =>
  loadArrow().vectorFromArray(Array<string | null>(length).fill(value), type);

function stacked(vectors: readonly ArrowVector[]): ArrowVector {
  const [first, ...rest] = vectors;
  return (first as ArrowVector).concat(...rest);
}

/** Whether a value is an Arrow table, of whatever copy of the library, or rows of one. */
export function asTable(value: unknown): ArrowTable | undefined {
  const { Table, RecordBatch } = loadArrow();
  if (value instanceof Table) return value;
  return value instanceof RecordBatch ? new Table([value]) : undefined;
}
