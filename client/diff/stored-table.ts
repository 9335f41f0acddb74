import type { ArtifactReader } from '#store';
import type { TableLike } from './tables.ts';

/** A table of which columns are read when they are asked for. */
export interface StoredTable extends TableLike {
  /** What is stored of each column, in the order of the schema: columns with equal marks have equal cells in equal rows. */
  readonly marks: readonly string[];
}

/** The table that an artifact is, as it is stored; undefined where columns cannot be told apart by name. Reads no column. */
export function storedTable(reader: ArtifactReader): StoredTable | undefined {
  const { elements } = reader.view;
  const { columns, length } = elements;
  if (columns === undefined || length === undefined || new Set(columns.names).size !== columns.names.length)
    return undefined;
  const { schema } = elements.slice(0, 0) as TableLike;
  const marks = marksOf(reader.form);
  if (marks.length !== schema.fields.length) return undefined;
  const read = new Map<number, ReturnType<TableLike['getChildAt']>>();
  return {
    numRows: length,
    schema,
    marks,
    getChildAt(index) {
      const known = read.get(index);
      if (known) return known;
      const column = columns.column(columns.names[index] ?? '', 0, length) as ReturnType<
        TableLike['getChildAt']
      >;
      read.set(index, column);
      return column;
    },
  };
}

/** The form of a table as value.json has it. */
interface TableForm {
  readonly schema?: { readonly fields?: readonly { readonly dictionary?: unknown }[] };
  readonly batches?: readonly { readonly columns?: readonly unknown[] }[];
  readonly dictionaries?: readonly unknown[];
}

function marksOf(form: unknown): string[] {
  const [tagged] = Object.values(Object(form)) as TableForm[];
  const { schema, batches = [], dictionaries } = tagged ?? {};
  // Columns within columns may have dictionaries, too: they all are part of the mark of whoever may use one.
  return (schema?.fields ?? []).map((field, index) => {
    const usesDictionaries = JSON.stringify(field).includes('"dictionary"');
    const stored = batches.map(({ columns }) => columns?.[index]);
    return JSON.stringify([field, stored, usesDictionaries ? dictionaries : null]);
  });
}
