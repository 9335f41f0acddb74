import { createRequire } from 'node:module';
import { type ArrowTable, type CellColumn, cellColumns } from '#store';
import { ArgumentError } from '../errors.ts';

/** Rows that are turned into cells and written at a time. */
const GROUP = 100_000;

/** A column of a Parquet schema, as far as it is used here. */
interface ParquetColumn {
  readonly name: string;
  readonly type: string;
  readonly repetition_type: 'OPTIONAL';
  readonly type_length?: number;
  readonly converted_type?: string;
  readonly logical_type?: object;
  readonly precision?: number;
  readonly scale?: number;
}

interface ParquetWriterModule {
  readonly ByteWriter: new () => { getBytes(): Uint8Array };
  readonly ParquetWriter: new (options: {
    readonly writer: object;
    readonly schema: readonly object[];
  }) => {
    write(options: { readonly columnData: readonly object[]; readonly rowGroupSize: number }): void;
    finish(): void;
  };
}

/** A table as the bytes of a Parquet file, Snappy-compressed. Nested values are columns of JSON. Throws ArgumentError for a column of a type Parquet lacks. */
export function parquetFile(table: ArrowTable): Uint8Array {
  const { ByteWriter, ParquetWriter } = createRequire(import.meta.url)(
    'hyparquet-writer',
  ) as ParquetWriterModule;
  const columns = cellColumns(table);
  const schema = [{ name: 'root', num_children: columns.length }, ...columns.map(columnOf)];
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema });
  for (let from = 0; from < Math.max(1, table.numRows); from += GROUP) {
    const to = Math.min(table.numRows, from + GROUP);
    const columnData = columns.map((column) => ({
      name: column.name,
      data: column.cells(from, to).map(converter(column)),
    }));
    writer.write({ columnData, rowGroupSize: GROUP });
  }
  writer.finish();
  return bytes.getBytes();
}

function columnOf({ name, type, form }: CellColumn): ParquetColumn {
  const column = { name, repetition_type: 'OPTIONAL' } as const;
  switch (form.kind) {
    case 'bool':
      return { ...column, type: 'BOOLEAN' };
    case 'int': {
      const isNarrow = form.width < 32 || (form.width === 32 && form.isSigned);
      const isUnsigned64 = form.width === 64 && !form.isSigned;
      return {
        ...column,
        type: isNarrow ? 'INT32' : 'INT64',
        ...(isUnsigned64 ? { converted_type: 'UINT_64' } : {}),
      };
    }
    case 'float32':
      return { ...column, type: 'FLOAT' };
    case 'float64':
      return { ...column, type: 'DOUBLE' };
    case 'text':
    case 'null':
      return { ...column, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
    case 'json':
      return { ...column, type: 'BYTE_ARRAY', converted_type: 'JSON' };
    case 'binary':
      return { ...column, type: 'BYTE_ARRAY' };
    case 'date':
      return { ...column, type: 'INT32', converted_type: 'DATE' };
    case 'timestamp': {
      const unit = { ms: 'MILLIS', us: 'MICROS', ns: 'NANOS' }[form.unit];
      return {
        ...column,
        type: 'INT64',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: form.isUtc, unit },
      };
    }
    case 'decimal': {
      const { precision, scale } = form;
      const storage = precision <= 18 ? { type: 'INT64' } : { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16 };
      if (precision <= 38) return { ...column, ...storage, converted_type: 'DECIMAL', precision, scale };
    }
  }
  return refuseColumn({ name, type });
}

/** Throws the ArgumentError for a column that only Arrow's own format can hold. */
export function refuseColumn({ name, type }: Pick<CellColumn, 'name' | 'type'>): never {
  throw new ArgumentError({
    call: 'write',
    takes: 'columns of types that the format has',
    given: `the column ${JSON.stringify(name)} of the type ${type}`,
    example: "table.write('table.arrow')",
  });
}

/** What the writer wants for a cell. */
function converter({ form }: CellColumn): (cell: unknown) => unknown {
  const there = (convert: (cell: unknown) => unknown) => (cell: unknown) =>
    cell === null ? null : convert(cell);
  switch (form.kind) {
    case 'int':
      return form.width === 32 && !form.isSigned ? there((cell) => BigInt(cell as number)) : (cell) => cell;
    case 'date':
      return there((cell) => Math.floor(Number(cell) / 86_400_000));
    default:
      return (cell) => cell;
  }
}
