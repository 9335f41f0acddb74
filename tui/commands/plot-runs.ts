import {
  columnsOfTable,
  type Drawable,
  FIELD_NAMES,
  metricsOf,
  overlaid,
  type PlotSpec,
  parseColumns,
  type Run,
  type StoreClient,
  valueIn,
} from '#client';
import { command } from '../plain/shell.ts';
import { type ReadOptions, sameStore } from '../read-options.ts';
import { UsageError } from '../usage.ts';

/** Options of `flow plot` that choose runs and what is drawn of them, as words. */
export interface RunWords extends ReadOptions {
  readonly x?: string;
  readonly y?: string;
  readonly y2?: string;
  readonly color?: string;
  readonly facet?: string;
  readonly where?: string;
  readonly tag?: readonly string[];
  readonly perTask?: string;
}

/** Columns that every table of runs or of tasks has. */
const OWN = ['run', 'status', 'startedAt', 'seconds'];
const OWN_OF_TASKS = ['run', 'task', ...OWN.slice(1)];
/** Runs that are looked at to find what a name alone stands for. */
const LOOKED_AT = 20;

/** The columns of the runs of flows, or of the tasks of a step, and the axes of those that were not named. Throws UsageError. */
export function runColumns(
  client: StoreClient,
  flows: readonly string[],
  words: RunWords,
  kind: PlotSpec['kind'],
): Drawable {
  const lists = flows.map((name) => {
    const all = client.Flow(name).runs(...(words.tag ?? []));
    return { name, runs: words.where === undefined ? all : all.where(words.where) };
  });
  const newest = lists.flatMap(({ runs }) => runs.slice(0, LOOKED_AT));
  if (newest.length === 0)
    throw new UsageError(`There is no run of ${flows.join(', ')} to draw.`, [
      command`flow runs ${flows[0] ?? ''}` + sameStore(words),
    ]);
  const usual = usualAxes(newest, words, kind);
  const wanted = [words.x, ...splitWords(words.y), words.y2, words.color, words.facet, ...usual.words];
  const columns = columnsFor(wanted, newest, { words, flow: flows[0] ?? '' });
  const perTask = words.perTask;
  const parts = lists.map(({ name, runs }) => {
    const table =
      perTask === undefined ? runs.table(columns) : runs.table(columns, { per: 'task', step: perTask });
    return { name, columns: columnsOfTable(table) };
  });
  const [first] = parts;
  const isOne = parts.length === 1 && first !== undefined;
  const all = isOne ? first.columns : overlaid(parts);
  for (const [name, address] of Object.entries(columns)) {
    if (Array.from(all[name] ?? []).some((cell) => cell !== null && cell !== undefined)) continue;
    throw new UsageError(
      `No ${perTask === undefined ? 'run' : 'task'} of ${flows.join(', ')} has ${address}.`,
      [command`flow show ${newest[0]?.pathspec ?? ''}` + sameStore(words)],
    );
  }
  return { columns: all, spec: isOne ? usual.spec : { ...usual.spec, color: 'source' } };
}

/** What a column of runs is called: the word before `=`, else the last part of the address. */
export function runColumnName(word: string): string {
  const named = /^([\p{ID_Start}_$][\p{ID_Continue}$-]*)=/u.exec(word)?.[1];
  if (named !== undefined) return named;
  return word.slice((word.split('#', 1)[0] ?? '').lastIndexOf('/') + 1);
}

/** The words between commas. */
export const splitWords = (words: string | undefined): string[] =>
  (words ?? '').split(',').filter((word) => word !== '');

/** Where the start of runs is the horizontal axis, the first metric of the flow is the vertical one; parallel coordinates take parameters and metrics. */
function usualAxes(
  runs: readonly Run[],
  { x, y, perTask }: RunWords,
  kind: PlotSpec['kind'],
): { words: string[]; spec: PlotSpec } {
  const metrics = runs.flatMap((run) => metricsOf(run)).map(({ name, address }) => `${name}=${address}`);
  const known = metrics.length > 0 ? [...new Set(metrics)] : numbersAtEnd(runs);
  const isXUsual =
    x === undefined && (kind === undefined || kind === 'line' || kind === 'scatter' || kind === 'area');
  const spec = {
    ...(kind === undefined ? {} : { kind }),
    ...(isXUsual ? { x: perTask === undefined ? 'startedAt' : 'task' } : {}),
  };
  if (y !== undefined || (kind === 'histogram' && x !== undefined)) return { words: [], spec };
  if (kind === 'parallel') {
    const names = [...new Set(runs.flatMap((run) => parametersOf(run)))];
    const words = [...names.map((name) => `${name}=parameters/${name}`), ...known];
    if (words.length > 1) return { words, spec: { ...spec, y: words.map(runColumnName) } };
  }
  const [first] = known;
  const isChoice = metrics.length === 0 && known.length > 1;
  if (first === undefined || isChoice)
    throw new UsageError(
      isChoice
        ? `flow plot needs --y: ${known.map(runColumnName).join(', ')}, or an address within the run.`
        : 'flow plot needs --y: the flow declares no metrics, and its step end has no number.',
      ['flow plot FLOW --x parameters/lr --y end/0/loss'],
    );
  return { words: [first], spec: { ...spec, y: runColumnName(first) } };
}

/** The artifacts of the step `end` that are numbers, in the newest run that has some. */
function numbersAtEnd(runs: readonly Run[]): string[] {
  for (const run of runs) {
    if (!run.successful) continue;
    const { artifacts } = run.step('end').task;
    const names = [...artifacts].filter(({ type }) => type === 'number').map(({ id }) => id);
    const own = names.filter((name) => !Object.hasOwn(run.parameters, name));
    if (own.length > 0) return own.map((name) => `${name}=end/0/${name}`);
  }
  return [];
}

/** The parameters of a run that have a place on an axis. */
const parametersOf = (run: Run): string[] =>
  Object.entries(run.parameters)
    .filter(([name]) =>
      ['number', 'bigint', 'string', 'boolean'].includes(typeof valueIn(run, `parameters/${name}`)),
    )
    .map(([name]) => name);

interface Asked {
  readonly words: RunWords;
  readonly flow: string;
}

/** Where each column finds its values. */
function columnsFor(
  wanted: readonly (string | undefined)[],
  runs: readonly Run[],
  { words, flow }: Asked,
): Record<string, string> {
  const isPerTask = words.perTask !== undefined;
  const own = isPerTask ? OWN_OF_TASKS : OWN;
  const columns: Record<string, string> = {};
  for (const word of wanted) {
    if (word === undefined || own.includes(word)) continue;
    const name = runColumnName(word);
    const place = word.includes('=') && word.startsWith(`${name}=`) ? word.slice(name.length + 1) : word;
    const address =
      isPerTask || FIELD_NAMES.includes(place) || place.includes('/')
        ? place
        : guessed(place, runs, { words, flow });
    if (own.includes(name) || (columns[name] ?? address) !== address)
      throw new UsageError(
        `Two columns would be called ${name}. Give one another name, such as other=${address}.`,
      );
    Object.assign(columns, parseColumns(`${name}=${address}`, isPerTask));
  }
  return columns;
}

/** The address of a name alone: a parameter, or an artifact of the step `end`. */
function guessed(name: string, runs: readonly Run[], { words, flow }: Asked): string {
  const places = [`parameters/${name}`, `end/0/${name}`];
  const found = places.find((place) => runs.some((run) => valueIn(run, place) !== undefined));
  if (found !== undefined) return found;
  throw new UsageError(
    `${JSON.stringify(name)} is neither a parameter of ${flow} nor an artifact of its step end, nor one of ${FIELD_NAMES.join(', ')}.`,
    [
      command`flow show ${runs[0]?.pathspec ?? flow}` + sameStore(words),
      'flow plot FLOW --x parameters/lr --y end/0/loss',
    ],
  );
}
