/** How two things are compared. */
export interface DiffOptions {
  /** Only paths that match one of these globs, or lie below one that does. `*` stands for anything, `/` included. */
  readonly paths?: readonly string[] | undefined;
  /** Leaves out paths that match one of these globs. */
  readonly ignore?: readonly string[] | undefined;
  /** Numbers that differ by no more than `atol + rtol * |a|` are close, which counts as the same. Both are 0 by default. */
  readonly rtol?: number | undefined;
  readonly atol?: number | undefined;
  /** Columns by which the rows of tables belong together. By default a column whose values are unique in both tables. */
  readonly key?: readonly string[] | undefined;
  /** Lists every row that differs, instead of the first. */
  readonly full?: boolean | undefined;
  /** Compares what tasks wrote, too: without times, process ids, ids and temporary paths. */
  readonly logs?: boolean | undefined;
  /** Compares how long tasks took, too. */
  readonly times?: boolean | undefined;
}
