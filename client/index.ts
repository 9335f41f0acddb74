// client: reads runs from a store — objects by name, addresses, values on touch. Writes nothing but tags.
export { ArtifactFile, TagError } from '#store';
export {
  type Address,
  type AddressRange,
  ANY,
  parseAddress,
  parseRange,
  parseTarget,
  printAddress,
  printRange,
  type RunSelector,
  type Target,
} from './address.ts';
export { closest } from './closest.ts';
export { type ConnectOptions, connect, type StoreClient } from './connect.ts';
export { type Damaged, isDamage } from './damage.ts';
export type { DataFor, DataOf, FlowClass, FlowFor, UntypedData } from './data-types.ts';
export { Artifact, diff, Flow, Flows, Run, Step, Task } from './default.ts';
export type { Comparable, Diff } from './diff/diff.ts';
export type * from './diff/document.ts';
export { formOf } from './diff/form.ts';
export type { DiffOptions } from './diff/options.ts';
export { changedWords, type Words } from './diff/words.ts';
export * from './errors.ts';
export { ExpressionError } from './expression/expression-error.ts';
export type { Client, Factory, FlowFactory, FlowsFactory, RunFactory } from './factories.ts';
export { type Turn, turnOf } from './history/bisect.ts';
export { lineageDown, lineageUp } from './history/lineage.ts';
export type { Found } from './locate.ts';
export { type FeedItem, type FeedOptions, LogFeed } from './log-feed.ts';
export type { LogLine, TaskLog } from './log-line.ts';
export { LogCursor, type LogCursorOptions, type LogPiece } from './log-lines.ts';
export { tailPosition } from './log-tail.ts';
export { defaultNamespace, getNamespace, namespace } from './namespace.ts';
export type { Code, Columns, LineageNode, NamedArtifacts, Runs, Status, TableOptions } from './objects.ts';
export type { Span } from './plot/canvas.ts';
export { PLOT_KINDS } from './plot/kinds.ts';
export { type Plot, plot, type RasterOptions } from './plot/plot.ts';
export { PlotError } from './plot/plot-error.ts';
export type { Raster } from './plot/png.ts';
export type { PlotData, PlotKind, PlotSpec, PlotTable } from './plot/spec.ts';
export type { SvgOptions } from './plot/svg.ts';
export type { TerminalOptions } from './plot/terminal.ts';
export { columnsOfTable, type Drawable, drawableOf, overlaid, type PlotColumns } from './plot/value-data.ts';
export { onArtifactRead } from './reads.ts';
export type { FoundKind } from './resolve.ts';
export { resumeOrigin } from './resume-origin.ts';
export { type ComparedCell, type ComparedRow, type Comparison, compareSeveral } from './runs/compare.ts';
export { briefOf, expectMany, FIELD_NAMES, RunTags, valueIn } from './runs/fields.ts';
export { isBetter, type Metric, metricsOf } from './runs/metrics.ts';
export { parseCondition } from './runs/run-list.ts';
export { usualColumns } from './runs/usual-columns.ts';
export * as statistics from './statistics/statistics.ts';
export { tableOfArtifact } from './tables/artifact-table.ts';
export { QueryError, type QueryResult, queryStore } from './tables/query.ts';
export { parseColumns } from './tables/run-table.ts';
export {
  formatOf,
  type RunTable,
  runTableOf,
  TABLE_FORMATS,
  type TableFormat,
  tableBytes,
  writable,
  writeTable,
} from './tables/table-file.ts';
export { csvLine, markdownLine } from './tables/table-text.ts';
export { type PathPart, printPath, type Stretch, type ValuePath } from './value-path.ts';
