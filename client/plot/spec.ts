/** What is drawn. */
export type PlotKind = 'line' | 'scatter' | 'area' | 'histogram' | 'bar' | 'box' | 'heatmap' | 'parallel';

/** A picture of data, without the data; plain JSON. */
export interface PlotSpec {
  /** `line` when not given. */
  readonly kind?: PlotKind;
  /** Column of the horizontal axis; the number of the row when not given. */
  readonly x?: string;
  /**
   * Column of the vertical axis; a histogram has none. Not needed for a list of numbers. Several columns of numbers make one series each; for parallel coordinates
   * they are the axes, and all columns with numbers are when none is given.
   */
  readonly y?: string | readonly string[];
  /** Column with the other edge of an area, which begins at 0 when not given. */
  readonly y2?: string;
  /**
   * Column whose values make one series each; numbers of a scatter plot and of parallel coordinates become shades when there are many. For a heat map it is
   * the value of the cells, of which the mean is drawn; without it rows are counted.
   */
  readonly color?: string;
  /** Column whose values make one panel each; the panels have the same axes. */
  readonly facet?: string;
  /** Axes that are logarithmic; values that are not positive are left out and counted. */
  readonly log?: 'x' | 'y' | 'xy';
  /** Number of bins of a histogram, by Freedman and Diaconis when not given; of each axis of numbers of a heat map. */
  readonly bins?: number;
  readonly title?: string;
  /** Pixels of the SVG, 640 × 360 when not given. */
  readonly width?: number;
  readonly height?: number;
}

/** A table with columns by name, such as one of Apache Arrow. */
export interface PlotTable {
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type?: unknown }[] };
  getChild(name: string): Iterable<unknown> | null;
}

/** Rows, a table, columns by name, or the values of one column, which is then called `value`. */
export type PlotData =
  | PlotTable
  | { readonly [column: string]: ArrayLike<unknown> }
  | ArrayLike<number>
  | ArrayLike<bigint>
  | readonly Readonly<Record<string, unknown>>[];
