import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ColumnValues, OxbowError } from '#store';
import type { StoreClient } from '../connect.ts';
import { formOf } from '../diff/form.ts';
import type { Artifact, Run, Task } from '../objects.ts';
import { secondsOf } from '../runs/fields.ts';
import { tableOfArtifact } from './artifact-table.ts';
import { type RunTable, runTableOf, tableBytes } from './table-file.ts';

/** What a query gave: columns in order, and rows of JSON values; numbers of 64 bits and decimals are strings. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** DuckDB is not installed, or refuses a query. */
export class QueryError extends OxbowError {
  override readonly code = 'QueryError';
}

/** What is asked of a store. */
export interface StoreQuery {
  readonly sql: string;
  /** More tables: artifacts by the name they have in the query. */
  readonly tables?: Readonly<Record<string, Artifact>>;
}

/**
 * Asks a store in SQL, by DuckDB, an optional peer of the package. The tables `runs`, `tasks`, `artifacts` and `parameters` hold the runs of the client's namespace; those that the
 * query does not name are not made. Nothing is installed or fetched for it. Throws {@link QueryError}.
 */
export async function queryStore(
  client: StoreClient,
  { sql, tables = {} }: StoreQuery,
): Promise<QueryResult> {
  const duckdb = await loadDuckDb();
  const names = new Set(sql.toLowerCase().match(/[\p{ID_Start}_][\p{ID_Continue}]*/gu));
  const instance = await duckdb.DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-query-'));
  try {
    for (const [name, make] of Object.entries(STORE_TABLES))
      if (names.has(name)) await fill(connection, { name, table: make(client), folder });
    const taken = Object.keys(tables).find((name) => Object.hasOwn(STORE_TABLES, name.toLowerCase()));
    if (taken !== undefined)
      throw new QueryError(`${taken} is a table of the store: give the artifact another name.`);
    for (const [name, artifact] of Object.entries(tables))
      await fill(connection, { name, table: tableOfArtifact(artifact), folder });
    // Whatever ends the query now, nothing is left behind.
    rmSync(folder, { recursive: true, force: true });
    const reader = await connection.runAndReadAll(sql);
    return { columns: reader.columnNames(), rows: reader.getRowsJson() };
  } catch (error) {
    if (!isDuckDbError(error)) throw error;
    const [sentence = ''] = error.message.trim().split('\n\n');
    throw new QueryError(`DuckDB refuses the query: ${sentence}`, { cause: error });
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

type DuckDb = typeof import('@duckdb/node-api');
type Connection = Awaited<ReturnType<InstanceType<DuckDb['DuckDBInstance']>['connect']>>;

async function loadDuckDb(): Promise<DuckDb> {
  // A name that bundlers do not see: they would ask for its binaries, of all systems.
  const name = ['@duckdb', 'node-api'].join('/');
  try {
    return await import(name);
  } catch (cause) {
    const { code } = Object(cause) as { readonly code?: unknown };
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    throw new QueryError('A query needs DuckDB, which is not installed: npm install @duckdb/node-api', {
      cause,
    });
  }
}

/** Errors of the query itself begin with their kind: `Parser Error: …`. */
const isDuckDbError = (error: unknown): error is Error =>
  error instanceof Error && /^[A-Z][A-Za-z ]* Error: /.test(error.message);

async function fill(
  connection: Connection,
  { name, table, folder }: { readonly name: string; readonly table: RunTable; readonly folder: string },
): Promise<void> {
  const file = join(folder, `${name}.parquet`);
  writeFileSync(file, tableBytes(table, 'parquet'));
  const quoted = `"${name.replaceAll('"', '""')}"`;
  await connection.run(
    `CREATE TABLE ${quoted} AS SELECT * FROM read_parquet('${file.replaceAll("'", "''")}')`,
  );
  rmSync(file);
}

const STORE_TABLES: Readonly<Record<string, (client: StoreClient) => RunTable>> = {
  runs: (client) => {
    const runs = runsOf(client);
    return runTableOf([
      text('flow', runs, (run) => run.parent.id),
      text('run', runs, ({ id }) => id),
      text('status', runs, ({ status }) => status),
      times('startedAt', runs, ({ createdAt }) => createdAt),
      times('finishedAt', runs, ({ finishedAt }) => finishedAt),
      numbers('seconds', runs, secondsOf),
      text('user', runs, ({ metadata }) => metadata.user),
      text('tags', runs, ({ userTags }) => userTags.join(',')),
      numbers('tasks', runs, ({ totals }) => totals.tasks),
      text('origin', runs, ({ metadata }) => metadata.origin),
    ]);
  },
  tasks: (client) => {
    const tasks = tasksOf(client);
    return runTableOf([
      ...placed(tasks, (task) => task),
      text('status', tasks, ({ metadata }) => metadata.status),
      numbers('attempt', tasks, ({ attempt }) => attempt),
      times('startedAt', tasks, ({ createdAt }) => createdAt),
      times('finishedAt', tasks, ({ finishedAt }) => finishedAt),
      numbers('seconds', tasks, secondsOf),
      { ...column('taken', tasks, ({ taken }) => taken), whenEmpty: 'boolean' },
      text('exception', tasks, ({ exception }) => exception && `${exception.name}: ${exception.message}`),
    ]);
  },
  artifacts: (client) => {
    const found = tasksOf(client).flatMap((task) => [...task].map((artifact) => ({ task, artifact })));
    return runTableOf([
      ...placed(found, ({ task }) => task),
      text('name', found, ({ artifact }) => artifact.name),
      ...described(found, ({ artifact }) => artifact),
    ]);
  },
  parameters: (client) => {
    const found = runsOf(client).flatMap((run) =>
      (client.resolveAll(`${run.pathspec}/parameters/*`) as Artifact[]).map((artifact) => ({
        run,
        artifact,
      })),
    );
    return runTableOf([
      text('flow', found, ({ run }) => run.parent.id),
      text('run', found, ({ run }) => run.id),
      text('name', found, ({ artifact }) => artifact.name),
      ...described(found, ({ artifact }) => artifact),
    ]);
  },
};

const runsOf = (client: StoreClient): Run[] =>
  [...client.Flows()].flatMap((flow) => [...flow.runs()]) as Run[];
const tasksOf = (client: StoreClient): Task[] =>
  runsOf(client).flatMap((run) => run.steps().flatMap((step) => step.tasks()));

const column = <T>(name: string, items: readonly T[], value: (item: T) => unknown): ColumnValues => ({
  name,
  values: items.map(value),
});

const text = <T>(name: string, items: readonly T[], value: (item: T) => string | null | undefined) =>
  column(name, items, value);
const numbers = <T>(name: string, items: readonly T[], value: (item: T) => number | null): ColumnValues => ({
  ...column(name, items, value),
  whenEmpty: 'number',
});
const times = <T>(name: string, items: readonly T[], value: (item: T) => Date | null): ColumnValues => ({
  ...column(name, items, value),
  whenEmpty: 'date',
});

const placed = <T>(items: readonly T[], taskOf: (item: T) => Task): ColumnValues[] => [
  text('flow', items, (item) => taskOf(item).parent.parent.parent.id),
  text('run', items, (item) => taskOf(item).parent.parent.id),
  text('step', items, (item) => taskOf(item).parent.id),
  text('task', items, (item) => taskOf(item).id),
];

/** Largest value that a query sees. */
const SMALL = 1024;

/** What is told of artifacts: `number` has those that are numbers, `value` what is small, as JSON. */
const described = <T>(items: readonly T[], artifactOf: (item: T) => Artifact): ColumnValues[] => [
  text('type', items, (item) => artifactOf(item).type),
  numbers('size', items, (item) => artifactOf(item).size),
  text('digest', items, (item) => artifactOf(item).digest),
  numbers('number', items, (item) => {
    const artifact = artifactOf(item);
    const value = artifact.type === 'number' ? artifact.data : null;
    return typeof value === 'number' ? value : null;
  }),
  text('value', items, (item) => {
    const artifact = artifactOf(item);
    return artifact.size <= SMALL ? JSON.stringify(formOf(artifact.data)) : null;
  }),
];
