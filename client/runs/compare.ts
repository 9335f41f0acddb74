import type { Digest } from '#store';
import { isHidden } from '../data-view.ts';
import { formOf } from '../diff/form.ts';
import { ArgumentError } from '../errors.ts';
import type { InnerArtifact, InnerRun } from '../inner.ts';
import type { Artifact, Run } from '../objects.ts';
import { secondsOf, valueIn } from './fields.ts';
import { type Metric, metricsOf } from './metrics.ts';

/** Several runs side by side: what they were given, what they came to. */
export interface Comparison {
  readonly schema: 'oxbow.compare/1';
  /** Pathspecs, in the order given; the first is the one the others are held against. */
  readonly runs: readonly string[];
  readonly rows: readonly ComparedRow[];
}

/** One thing of all runs. */
export interface ComparedRow {
  /** As an address goes on after the run, `parameters/lr` or `end/0/loss`; or `status`, `seconds`, `code`. */
  readonly path: string;
  /** Whether the runs differ in it. `seconds` always do, and do not count. */
  readonly differs: boolean;
  /** The goal of the metric that it is. */
  readonly goal?: 'min' | 'max';
  /** One for each run; null where it has none. */
  readonly cells: readonly (ComparedCell | null)[];
}

/** What one run has. */
export interface ComparedCell {
  readonly type: string;
  /** The value, when it is small; what JSON cannot carry as value.json writes it. */
  readonly value?: unknown;
  /** Of what is no small value. */
  readonly digest?: Digest;
}

/** A value of up to so many bytes stands in the comparison. */
const SMALL = 256;

/**
 * Lays two runs or more side by side: status, parameters, code, the artifacts of the step `end`, metrics that lie elsewhere, and seconds. With `all` also what they
 * have in common. Throws ArgumentError for fewer than two runs.
 */
export function compareSeveral(
  runs: readonly Run<unknown>[],
  { all = false, metrics = [] }: { readonly all?: boolean; readonly metrics?: readonly Metric[] } = {},
): Comparison {
  if (runs.length < 2) {
    throw new ArgumentError({
      call: 'compare',
      takes: 'two runs or more',
      given: `${runs.length}`,
      example: "compare('TrainFlow~1', 'TrainFlow')",
    });
  }
  const goals = new Map<string, Metric>();
  for (const run of runs) for (const metric of metricsOf(run)) goals.set(metric.address, metric);
  for (const metric of metrics) goals.set(metric.address, metric);
  const inner = runs as readonly InnerRun[];
  const rows = [
    row(
      'status',
      inner.map((run) => plain(run.status)),
    ),
    ...artifactRows(inner, 'parameters', (run) => inputsOf(run)),
    row('code', inner.map(codeOf)),
    ...artifactRows(inner, 'end/0', (run) => [...(run.endTask ?? [])]),
    ...metricRows(inner, [...goals.keys()]),
    {
      ...row(
        'seconds',
        inner.map((run) => plain(secondsOf(run))),
      ),
      differs: false,
    },
  ].map((one) => {
    const goal = goals.get(one.path)?.goal;
    return goal === undefined ? one : { ...one, goal };
  });
  return {
    schema: 'oxbow.compare/1',
    runs: runs.map(({ pathspec }) => pathspec),
    rows: rows.filter(({ path, differs }) => all || differs || path === 'seconds'),
  };
}

type Cells = readonly (ComparedCell | null)[];

function row(path: string, cells: Cells): ComparedRow {
  const [first, ...rest] = cells.map((cell) => JSON.stringify(cell));
  return { path, differs: rest.some((cell) => cell !== first), cells };
}

const plain = (value: unknown): ComparedCell | null =>
  value === null ? null : { type: typeof value, value: formOf(value) };

function artifactRows(
  runs: readonly InnerRun[],
  folder: string,
  listed: (run: InnerRun) => readonly Artifact[],
): ComparedRow[] {
  const tables = runs.map((run) => new Map(listed(run).map((artifact) => [artifact.name, artifact])));
  const names = new Set(tables.flatMap((table) => [...table.keys()]));
  return [...names].map((name) =>
    row(
      `${folder}/${name}`,
      tables.map((table) => cellOf(table.get(name))),
    ),
  );
}

function cellOf(artifact: Artifact | undefined): ComparedCell | null {
  if (artifact === undefined) return null;
  const { type, digest, size } = artifact;
  const isSmall = size <= SMALL && artifact.path.length === 0;
  return isSmall ? { type, value: (artifact as InnerArtifact).reader.form } : { type, digest };
}

/** Metrics that stand in no list yet. */
function metricRows(runs: readonly InnerRun[], addresses: readonly string[]): ComparedRow[] {
  return addresses
    .filter((address) => !/^(?:end\/0|parameters)\/[^/#]+$/.test(address))
    .map((address) =>
      row(
        address,
        runs.map((run) => valueCell(run, address)),
      ),
    );
}

function valueCell(run: InnerRun, address: string): ComparedCell | null {
  const value = valueIn(run, address);
  if (value === undefined || value === null) return null;
  return { type: typeof value, value: formOf(value) };
}

const inputsOf = (run: InnerRun): Artifact[] =>
  [...run.reader.parameters().keys()]
    .filter((name) => !isHidden(name))
    .map((name) => run.input('parameters', name));

/** The code as a whole, by the id of its tree. */
function codeOf(run: InnerRun): ComparedCell | null {
  const { code } = run.reader;
  return code === undefined ? null : { type: 'code', value: code.slice(0, 10) };
}
