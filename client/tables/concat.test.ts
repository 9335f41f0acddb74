import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import {
  Decimal,
  Field,
  FixedSizeList,
  Float64,
  Int32,
  List,
  Table,
  TimeMillisecond,
  Timestamp,
  TimeUnit,
  tableFromArrays,
  tableFromIPC,
  Uint64,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { FixtureStore } from '../fixture-store.ts';
import { runTableOf, tableBytes, writable } from './table-file.ts';

const ids = (store: FixtureStore, ...tables: unknown[]) =>
  tables.map((table) =>
    store.run({
      tasks: [
        { step: 'train', task: '0', artifacts: table === undefined ? {} : { preds: table } },
        { step: 'train', task: '1', artifacts: table === undefined ? {} : { preds: table } },
        { step: 'end', artifacts: table === undefined ? {} : { preds: table } },
      ],
    }),
  );

const rows = (table: Table) => table.toArray().map((row) => ({ ...row.toJSON() }));

test('tables of runs are put under each other', (context) => {
  const store = FixtureStore.for(context);
  const [a, , c] = ids(
    store,
    tableFromArrays({ x: Int32Array.of(1, 2), name: ['p', 'q'] }),
    undefined,
    tableFromArrays({ x: Float64Array.of(0.5), more: [true] }),
  );
  const runs = store.client.Flow('ForeachFlow').runs();
  assert.deepEqual(rows(runs.concat('end/0/preds')), [
    { run: c, task: '0', x: 0.5, more: true, name: null },
    { run: a, task: '0', x: 1, more: null, name: 'p' },
    { run: a, task: '0', x: 2, more: null, name: 'q' },
  ]);
  assert.deepEqual(
    rows(tableFromIPC(tableBytes(runs.concat('end/0/preds'), 'arrow'))).map(({ name }) => name),
    [null, 'p', 'q'],
  );
  const tasks = runs.concat('train/*/preds');
  assert.deepEqual([...(tasks.getChild('task') ?? [])], ['0', '1', '0', '0', '1', '1']);
  assert.deepEqual([...(runs.concat('*/*/preds').getChild('task') ?? [])].slice(0, 3), [
    'train/0',
    'train/1',
    'end/0',
  ]);
  assert.equal(runs.concat(runs).length, 6);
  assert.throws(() => runs.concat('end/0/nothing'), {
    code: 'NotFoundError',
    message: /None of the 3 runs has end\/0\/nothing/,
  });
});

test('columns that do not fit together are told with both places', (context) => {
  const store = FixtureStore.for(context);
  ids(store, tableFromArrays({ x: ['text'] }), tableFromArrays({ x: Int32Array.of(1) }));
  assert.throws(() => store.client.Flow('ForeachFlow').runs().concat('end/0/preds'), {
    code: 'ArgumentError',
    message: /the column "x" as Int32 in ForeachFlow\/\S+\/end\/0\/preds and as Utf8 in ForeachFlow\/\S+/,
  });
  const other = FixtureStore.for(context);
  ids(other, { no: 'table' });
  assert.throws(() => other.client.Flow('ForeachFlow').runs().concat('end/0/preds'), {
    message: /which is object\{1\}/,
  });
});

/** A table with a column of many types. */
const wide = () =>
  new Table({
    int: vectorFromArray([1, null, -3], new Int32()),
    big: vectorFromArray([2n ** 64n - 1n, 0n, null], new Uint64()),
    float: vectorFromArray([0.5, Number.NaN, null], new Float64()),
    dict: vectorFromArray(['a', 'b', 'a']),
    list: vectorFromArray([[1, 2], null, []], new List(new Field('item', new Int32(), true))),
    pair: vectorFromArray(
      [[1, 2], null, [3, 4]],
      new FixedSizeList(2, new Field('item', new Float64(), true)),
    ),
    at: vectorFromArray([1, null, 3], new Timestamp(TimeUnit.MICROSECOND, 'UTC')),
    local: vectorFromArray([1, null, 3], new Timestamp(TimeUnit.NANOSECOND, null)),
    money: vectorFromArray(
      [Uint32Array.of(12345, 0, 0, 0), null, Uint32Array.of(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff)],
      new Decimal(2, 20, 128),
    ),
    text: vectorFromArray(['é', null, ''], new Utf8()),
  });

test('columns of all sorts, read back by DuckDB from Parquet', async (context) => {
  const duckdb = await import('@duckdb/node-api').catch(() => undefined);
  if (!duckdb) return context.skip('@duckdb/node-api is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'oxbow-table-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'x.parquet');
  writable(wide()).write(file);
  const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect();
  const answer = await connection.runAndReadAll(
    `SELECT int, big::VARCHAR, float, dict, list::VARCHAR, pair::VARCHAR, epoch_us("at")::VARCHAR, epoch_ns("local")::VARCHAR, money::VARCHAR, text FROM '${file}'`,
  );
  assert.deepEqual(answer.getRows(), [
    [1, '18446744073709551615', 0.5, 'a', '[1,2]', '[1,2]', '1000', '1000000', '123.45', 'é'],
    [null, '0', Number.NaN, 'b', null, null, null, null, null, null],
    [-3, null, null, 'a', '[]', '[3,4]', '3000', '3000000', '-0.01', ''],
  ]);
  connection.closeSync();
  return undefined;
});

test('the same as text', () => {
  const lines = Buffer.from(tableBytes(wide(), 'csv')).toString().split('\r\n');
  assert.equal(
    lines[1],
    '1,18446744073709551615,0.5,a,"[1,2]","[1,2]",1970-01-01T00:00:00.001000Z,1970-01-01T00:00:00.001000000,123.45,é',
  );
  const [first] = Buffer.from(tableBytes(wide(), 'jsonl')).toString().split('\n');
  assert.deepEqual(JSON.parse(first ?? '').list, [1, 2]);
});

test('a column that a format cannot hold is refused, and one of the name of a label is kept', (context) => {
  const times = new Table({ t: vectorFromArray([1], new TimeMillisecond()) });
  for (const format of ['parquet', 'csv', 'jsonl', 'md'] as const)
    assert.throws(() => tableBytes(times, format), {
      code: 'ArgumentError',
      message: /the column "t" of the type Time/,
    });
  const store = FixtureStore.for(context);
  const [id] = ids(store, tableFromArrays({ run: ['mine'], x: Int32Array.of(1) }));
  assert.deepEqual(rows(store.client.Flow('ForeachFlow').runs().concat('end/0/preds')), [
    { run: id, task: '0', 'own run': 'mine', x: 1 },
  ]);
});

test('names and mixtures of all sorts', () => {
  const table = runTableOf([
    { name: 'run', values: ['a', 'b'] },
    { name: '__proto__', values: [1, 2] },
    { name: '1', values: [2n ** 53n + 1n, 0.5] },
    { name: 'small', values: [1n, 0.5] },
  ]);
  assert.deepEqual(
    table.schema.fields.map(({ name, type }) => `${name} ${type}`),
    ['run Utf8', '__proto__ Float64', '1 Utf8', 'small Float64'],
  );
  assert.deepEqual([...(table.getChild('1') ?? [])], ['9007199254740993', '0.5']);
  assert.deepEqual([...(table.getChild('__proto__') ?? [])], [1, 2]);
  assert.equal(Buffer.from(tableBytes(table, 'csv')).toString().split('\r\n')[0], 'run,__proto__,1,small');
});

test('a table without rows has its heading', () => {
  const empty = new Table({ x: vectorFromArray([], new Int32()) });
  assert.equal(Buffer.from(tableBytes(empty, 'csv')).toString(), 'x\r\n');
  assert.ok(tableBytes(empty, 'parquet').length > 0);
});
