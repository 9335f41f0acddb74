import { type Expression, parseExpression } from '../expression/expression.ts';
import type { Columns, Run, Runs, TableOptions } from '../objects.ts';
import { concatOfRuns } from '../tables/concat.ts';
import { tableOfRuns } from '../tables/run-table.ts';
import { FIELD_NAMES, valueIn } from './fields.ts';

/** Passes over a run that cannot be read, which is reported once. */
type Holds = (pathspec: string, judge: () => boolean) => boolean;

/** A list of runs in the order given, see {@link Runs}: an array with functions that listings do not show. */
export function runList<D, F>(runs: readonly Run<D, F>[], holds: Holds): Runs<D, F> {
  const functions: Omit<Runs<D, F>, Exclude<keyof unknown[], 'concat'>> = {
    where(condition) {
      const judge = typeof condition === 'string' ? judgeOf(parseCondition(condition)) : condition;
      return runList(
        runs.filter((run) => holds(run.pathspec, () => Boolean(judge(run)))),
        holds,
      );
    },
    latest: (count) => runList(runs.slice(0, Math.max(0, count)), holds),
    concat: ((...items: unknown[]) =>
      typeof items[0] === 'string' && items.length === 1
        ? concatOfRuns(runs, items[0])
        : [...runs].concat(...(items as Run<D, F>[]))) as Runs<D, F>['concat'],
    table: (columns: Columns = {}, options: TableOptions = {}) => tableOfRuns(runs, columns, options),
  };
  const list = [...runs];
  for (const [name, value] of Object.entries(functions)) Object.defineProperty(list, name, { value });
  return list as Runs<D, F>;
}

/** An expression on runs. Throws ExpressionError. */
export const parseCondition = (text: string): Expression => parseExpression(text, FIELD_NAMES);

const judgeOf =
  (expression: Expression) =>
  (run: Run<unknown>): boolean =>
    expression.holds((name) => valueIn(run, name));
