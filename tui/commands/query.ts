import { type Artifact, queryStore, type StoreClient } from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { sendDocument } from '../output.ts';
import type { ReadOptions } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import type { CommandSpec } from './command-spec.ts';
import { clientFor } from './open.ts';
import { rowFormat, sendRows } from './send-rows.ts';

interface QueryWords extends ReadOptions {
  readonly table?: readonly string[];
  readonly format?: string;
  readonly json?: true;
}

/** `flow query`. */
export const QUERY: CommandSpec = {
  name: 'query',
  summary: 'Ask the store in SQL',
  description:
    'Answers a question in the SQL of DuckDB about the tables runs, tasks, artifacts and parameters, and about artifacts that --table names. It needs the package @duckdb/node-api. ' +
    'DESCRIBE runs lists the columns of a table.',
  argument: '<SQL>',
  options: [
    {
      flags: '--table <NAME=ADDRESS>',
      help: 'An artifact as a table of this name; may be repeated',
      many: true,
    },
    { flags: '--format <FORMAT>', help: 'table, tsv, csv, md or json' },
    { flags: '--json', help: 'Print a JSON document (oxbow.query/1)' },
  ],
  act: ([sql = ''], options, host) => query(sql, options as QueryWords, host),
};

async function query(sql: string, options: QueryWords, { out, err }: Host): Promise<number> {
  const format = rowFormat(options);
  const client = clientFor(options, { err });
  const tables = Object.fromEntries((options.table ?? []).map((word) => namedTable(word, client)));
  const { columns, rows } = await queryStore(client, { sql, tables });
  if (format === 'json') {
    await sendDocument({ schema: 'oxbow.query/1', columns, rows }, out);
    return EXIT.ok;
  }
  const words = rows.map((row) => row.map(wordOf));
  const isNumeric = (index: number) => rows.every((row) => row[index] === null || isNumber(row[index]));
  const shape = columns.map((title, index) => ({
    title,
    ...(isNumeric(index) ? { align: 'right' as const } : {}),
  }));
  await sendRows({ columns: shape, rows: words }, format, out);
  return EXIT.ok;
}

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value));

const wordOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

function namedTable(word: string, client: StoreClient): [string, Artifact] {
  const [, name, address] = /^([\p{ID_Start}_][\p{ID_Continue}]*)=(.+)$/su.exec(word) ?? [];
  const example = ['--table preds=TrainFlow/latest/end/0/preds'];
  if (name === undefined || address === undefined)
    throw new UsageError(`--table takes NAME=ADDRESS, but was given ${JSON.stringify(word)}.`, example);
  const found = client.resolve(address);
  if (found.kind === 'artifact') return [name, found];
  throw new UsageError(`${found.pathspec} is a ${found.kind}, not an artifact.`, example);
}
