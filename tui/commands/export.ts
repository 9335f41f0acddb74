import {
  formatOf,
  parseColumns,
  type RunTable,
  type StoreClient,
  TABLE_FORMATS,
  type TableFormat,
  tableBytes,
  tableOfArtifact,
  writeTable,
} from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { text } from '../plain/text.ts';
import type { ReadOptions } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import type { CommandSpec } from './command-spec.ts';
import { nearest } from './nearest.ts';
import { clientFor } from './open.ts';

interface ExportWords extends ReadOptions {
  readonly output?: string;
  readonly format?: string;
  readonly cols?: string;
  readonly where?: string;
  readonly concat?: string;
  readonly perTask?: string;
  readonly tag?: readonly string[];
}

/** `flow export`. */
export const EXPORT: CommandSpec = {
  name: 'export',
  summary: 'Write runs or an artifact as a table',
  description:
    'Writes a table: of the runs of a flow, with the columns you name; of the tasks of a step; of the tables that runs have at one place, put under each other; or the table, list of ' +
    'objects or list of numbers that is the value of an artifact. The name of the file says the format: .parquet, .arrow, .csv, .jsonl or .md.',
  argument: '<FLOW|ADDRESS>',
  options: [
    { flags: '-o, --output <FILE>', help: 'Write to this file; - or nothing is standard output' },
    {
      flags: '--format <FORMAT>',
      help: `${TABLE_FORMATS.join(', ')} (default: by the name of the file, else csv)`,
    },
    { flags: '--cols <COLUMNS>', help: 'Columns of runs: NAME=ADDRESS,... with addresses within the run' },
    { flags: '--where <EXPRESSION>', help: 'Only runs that satisfy it' },
    { flags: '--tag <TAG>', help: 'Only runs with this tag; may be repeated', many: true },
    {
      flags: '--per-task <STEP>',
      help: 'A row for each task of this step; --cols may then name its artifacts alone',
    },
    { flags: '--concat <ADDRESS>', help: 'The tables at this address within the runs, under each other' },
  ],
  act: ([what = ''], options, host) => exportTable(what, options as ExportWords, host),
};

async function exportTable(what: string, options: ExportWords, { out, err }: Host): Promise<number> {
  const file = options.output === '-' ? undefined : options.output;
  const format = formatFor(file, options.format);
  const isBinary = format === 'parquet' || format === 'arrow';
  if (file === undefined && isBinary && out.isTerminal) {
    throw new UsageError(`A terminal cannot show ${format}. Write it to a file.`, [
      `flow export ... -o table.${format}`,
    ]);
  }
  const table = tableOf(clientFor(options, { err }), what, options);
  if (file === undefined) {
    out.send(tableBytes(table, format));
    await out.drained?.();
    return EXIT.ok;
  }
  writeTable(table, file, format);
  err.write(text`Wrote ${table.numRows} rows to ${file}.\n`);
  return EXIT.ok;
}

function formatFor(file: string | undefined, wanted: string | undefined): TableFormat {
  if (wanted === undefined) return file === undefined ? 'csv' : formatOf(file);
  return TABLE_FORMATS.find((one) => one === wanted) ?? nearest('--format takes one', wanted, TABLE_FORMATS);
}

function tableOf(client: StoreClient, what: string, options: ExportWords): RunTable {
  const { cols, where, tag = [], perTask, concat } = options;
  if (/[/~@#]/.test(what)) {
    const given = Object.entries({ cols, where, perTask, concat }).find(([, value]) => value !== undefined);
    if (given)
      throw new UsageError(
        `--${given[0].replace('perTask', 'per-task')} is for the runs of a flow, but ${what} names one thing.`,
      );
    const found = client.resolve(what);
    if (found.kind === 'artifact') return tableOfArtifact(found);
    throw new UsageError(`${found.pathspec} is a ${found.kind}. Export the runs of a flow, or an artifact.`, [
      `flow export ${found.pathspec.split('/')[0]} -o runs.parquet`,
    ]);
  }
  const runs = client.Flow(what).runs(...tag);
  const chosen = where === undefined ? runs : runs.where(where);
  if (concat !== undefined) {
    if (cols !== undefined || perTask !== undefined)
      throw new UsageError('--concat gives whole tables: it goes with neither --cols nor --per-task.');
    return chosen.concat(concat);
  }
  const columns = cols === undefined ? {} : parseColumns(cols, perTask !== undefined);
  return perTask === undefined
    ? chosen.table(columns)
    : chosen.table(columns, { per: 'task', step: perTask });
}
