// What to ask of numbers. Each function takes lists, typed arrays and columns of tables, and passes over what is missing.
export { type Bootstrap, type BootstrapOptions, bootstrap } from './bootstrap.ts';
export { ecdf, ewma, type Histogram, histogram, quantile, type Summary, summary } from './describe.ts';
export type { Numbers } from './numbers.ts';
export { type Spearman, spearman } from './spearman.ts';
export {
  type Comparison,
  compare,
  type KolmogorovSmirnov,
  kolmogorovSmirnov,
  type MannWhitney,
  mannWhitney,
  type Welch,
  welch,
} from './two-samples.ts';
