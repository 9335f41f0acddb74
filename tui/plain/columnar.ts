/** What an Arrow table has; asked for by shape, so that Arrow is not loaded to look at an array. */
export interface Table {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: unknown }[] };
  get(index: number): { toJSON(): Record<string, unknown> } | null;
  getChildAt(index: number): { get(index: number): unknown } | null;
}

/** What an Arrow vector has. */
export interface Vector {
  readonly length: number;
  get(index: number): unknown;
}

/** Whether a value is an Arrow table. */
export const isTable = (value: unknown): value is Table =>
  isColumnar(value) && 'numRows' in value && 'schema' in value;

/** Whether a value is an Arrow vector. */
export const isVector = (value: unknown): value is Vector =>
  isColumnar(value) && !('numRows' in value) && 'length' in value;

/** Row `index` as a plain object. */
export const rowAt = (table: Table, index: number): Record<string, unknown> =>
  table.get(index)?.toJSON() ?? {};

const isColumnar = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && 'getChild' in value && 'get' in value;
