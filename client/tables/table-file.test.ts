import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { runTableOf } from './table-file.ts';

const COLUMNS = [
  { name: 'run', values: ['a', 'b,"c"', 'd|e'] },
  { name: 'loss', values: [0.5, null, Number.NaN] },
  { name: 'big', values: [1n, 2n ** 60n, null] },
  { name: 'ok', values: [true, null, false] },
  { name: 'at', values: [new Date(0), new Date(1_700_000_000_123), null] },
  { name: 'cfg', values: [{ x: 1 }, null, null] },
  { name: 'none', values: [null, null, null] },
];

function written(context: { after(clean: () => void): void }, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-table-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, name);
  runTableOf(COLUMNS).write(file);
  return file;
}

test('as CSV, Markdown and JSON lines', (context) => {
  assert.equal(
    readFileSync(written(context, 'x.csv'), 'utf8'),
    'run,loss,big,ok,at,cfg,none\r\na,0.5,1,true,1970-01-01T00:00:00.000Z,"{""x"":1}",\r\n' +
      '"b,""c""",,1152921504606846976,,2023-11-14T22:13:20.123Z,,\r\nd|e,NaN,,false,,,\r\n',
  );
  assert.match(
    readFileSync(written(context, 'x.md'), 'utf8'),
    /^\| run \| loss .*\n\| --- \|.*\n[\s\S]*\| d\\\|e \| NaN \|/,
  );
  const [, second] = readFileSync(written(context, 'x.jsonl'), 'utf8').trim().split('\n');
  assert.deepEqual(JSON.parse(second ?? ''), {
    run: 'b,"c"',
    loss: null,
    big: '1152921504606846976',
    ok: null,
    at: '2023-11-14T22:13:20.123Z',
    cfg: null,
    none: null,
  });
});

test('an Arrow file holds the same table', (context) => {
  const table = tableFromIPC(readFileSync(written(context, 'x.arrow')));
  assert.equal(table.numRows, 3);
  assert.deepEqual([...(table.getChild('big') ?? [])], [1n, 2n ** 60n, null]);
  assert.deepEqual([...(table.getChild('loss') ?? [])], [0.5, null, Number.NaN]);
});

test('DuckDB reads the Parquet file', async (context) => {
  const duckdb = await import('@duckdb/node-api').catch(() => undefined);
  if (!duckdb) return context.skip('@duckdb/node-api is not installed');
  const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect();
  const file = written(context, 'x.parquet');
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  assert.deepEqual(
    (await rows(`DESCRIBE FROM '${file}'`)).map((row) => row.slice(0, 2).join(' ')),
    [
      'run VARCHAR',
      'loss DOUBLE',
      'big BIGINT',
      'ok BOOLEAN',
      'at TIMESTAMP WITH TIME ZONE',
      'cfg VARCHAR',
      'none VARCHAR',
    ],
  );
  assert.deepEqual(
    await rows(
      `SELECT run, loss, big, ok, epoch_ms("at")::DOUBLE, cfg, "none" FROM '${file}' WHERE loss IS NULL`,
    ),
    [['b,"c"', null, 2n ** 60n, null, 1_700_000_000_123, null, null]],
  );
  connection.closeSync();
  return undefined;
});

test('another implementation reads the Parquet file, too', async (context) => {
  const parquet = await import('parquet-wasm/node').catch(() => undefined);
  if (!parquet) return context.skip('parquet-wasm is not installed');
  const bytes = readFileSync(written(context, 'x.parquet'));
  const table = tableFromIPC(parquet.readParquet(new Uint8Array(bytes)).intoIPCStream());
  assert.deepEqual([...(table.getChild('run') ?? [])], ['a', 'b,"c"', 'd|e']);
  assert.deepEqual([...(table.getChild('big') ?? [])], [1n, 2n ** 60n, null]);
  return undefined;
});

test('a file of another kind is refused', () => {
  assert.throws(() => runTableOf(COLUMNS).write('x.xls'), {
    code: 'ArgumentError',
    message: /ends with \.parquet, \.arrow, \.csv, \.jsonl, \.md, but was given x\.xls/,
  });
});
