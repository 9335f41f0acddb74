/** What is drawn. */
export type PlotKind = 'line' | 'scatter' | 'histogram' | 'bar';

/** A picture of data, without the data; plain JSON. */
export interface PlotSpec {
  /** `line` when not given. */
  readonly kind?: PlotKind;
  /** Column of the horizontal axis; the number of the row when not given. */
  readonly x?: string;
  /** Column of the vertical axis; a histogram has none. Not needed for a list of numbers. */
  readonly y?: string;
  /** Column whose values make one series each. */
  readonly color?: string;
  /** Axes that are logarithmic; values that are not positive are left out and counted. */
  readonly log?: 'x' | 'y' | 'xy';
  /** Number of bins of a histogram; by Freedman and Diaconis when not given. */
  readonly bins?: number;
  readonly title?: string;
  /** Pixels of the SVG, 640 × 360 when not given. */
  readonly width?: number;
  readonly height?: number;
}

/** A table with columns by name, such as one of Apache Arrow. */
export interface PlotTable {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: string): Iterable<unknown> | null;
}

/** Rows, a table, or the values of one column, which is then called `value`. */
export type PlotData =
  | PlotTable
  | ArrayLike<number>
  | ArrayLike<bigint>
  | readonly Readonly<Record<string, unknown>>[];
