import assert from 'node:assert/strict';
import test from 'node:test';
import {
  Decimal,
  Field,
  Float64,
  List,
  makeData,
  makeVector,
  Table,
  Timestamp,
  TimeUnit,
  tableFromArrays,
  tableFromJSON,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { readerOf } from '#store';
import { FixtureStore } from '../fixture-store.ts';
import type { InnerArtifact } from '../inner.ts';
import { type StoredTable, storedTable } from './stored-table.ts';
import { compareTables, type TableLike } from './tables.ts';

const compare = (a: Table, b: Table, options = {}) => compareTables(stored(a), stored(b), options).detail;

/** The table as it is read from a store. */
const stored = (table: Table) => readerOf('table', table).load() as TableLike;

test('rows by a column whose values are unique', () => {
  const detail = compare(
    tableFromArrays({ id: [1, 2, 3], p: [0.1, 0.2, 0.3], s: ['a', 'b', 'c'] }),
    tableFromArrays({ id: [3, 1, 4], p: [0.3, 0.15, 0.4], s: ['c', 'a', 'd'] }),
  );
  assert.deepEqual(detail, {
    columns: { added: [], removed: [], retyped: [], changed: ['p'] },
    rows: { a: 3, b: 3, added: 1, removed: 1, changed: 1 },
    key: ['id'],
    sample: [
      { op: 'changed', at: [0, 1], key: { id: 1 }, a: { p: 0.1 }, b: { p: 0.15 } },
      { op: 'added', at: [null, 2], key: { id: 4 }, b: { id: 4, p: 0.4, s: 'd' } },
      { op: 'removed', at: [1, null], key: { id: 2 }, a: { id: 2, p: 0.2, s: 'b' } },
    ],
  });
});

test('a key of several columns; one that is not unique is not taken', () => {
  const a = tableFromJSON([
    { k: 'x', n: 'p', v: 1 },
    { k: 'x', n: 'q', v: 2 },
  ]);
  const b = tableFromJSON([
    { k: 'x', n: 'p', v: 1 },
    { k: 'x', n: 'q', v: 3 },
  ]);
  assert.deepEqual(compare(a, b, { key: ['k', 'n'] }).key, ['k', 'n']);
  assert.deepEqual(compare(a, b, { key: ['k'] }).key, ['n']);
});

test('without a key rows count by their content, whatever their order', () => {
  const a = tableFromArrays({ x: Float64Array.of(1, 1, 2), y: Float64Array.of(0, 0, 0) });
  const b = tableFromArrays({ x: Float64Array.of(2, 1, 5), y: Float64Array.of(0, 0, 0) });
  const detail = compare(a, b);
  assert.deepEqual(
    [detail.key, detail.rows.added, detail.rows.removed, detail.rows.changed],
    [null, 1, 1, 0],
  );
  assert.deepEqual(detail.columns.changed, ['x']);
});

test('columns that come, go and change their type', () => {
  const detail = compare(
    tableFromArrays({ id: Int32Array.of(1), old: [1], t: Int32Array.of(1) }),
    tableFromArrays({ id: Int32Array.of(1), fresh: [1], t: Float64Array.of(1) }),
  );
  assert.deepEqual(detail.columns, { added: ['fresh'], removed: ['old'], retyped: ['t'], changed: [] });
});

test('nested cells, nulls and times; empty tables and tables of one row', () => {
  const row = (x: unknown) =>
    tableFromJSON([{ id: 'a', nested: { list: [1, 2], x }, none: null, at: new Date(5) }]);
  assert.deepEqual(compare(row(1), row(1)).rows, { a: 1, b: 1, added: 0, removed: 0, changed: 0 });
  const { rows, sample } = compare(row(1), row(2));
  assert.equal(rows.changed, 1);
  assert.deepEqual(sample[0]?.b, { nested: { list: [1, 2], x: 2 } });
  const empty = tableFromArrays({ id: new Int32Array() });
  assert.deepEqual(compare(empty, tableFromArrays({ id: Int32Array.of(7) })).rows.added, 1);
  assert.deepEqual(compare(empty, empty).rows, { a: 0, b: 0, added: 0, removed: 0, changed: 0 });
});

test('the full list of changes, applied by key to a, gives b', () => {
  const rows = fc.uniqueArray(
    fc.record({ id: fc.integer({ min: 0, max: 20 }), v: fc.constantFrom(0, -0, 1.5, Number.NaN) }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 30 },
  );
  const tableOf = (list: readonly { id: number; v: number }[]) =>
    tableFromArrays({ id: Int32Array.from(list, ({ id }) => id), v: Float64Array.from(list, ({ v }) => v) });
  fc.assert(
    fc.property(rows, rows, (a, b) => {
      const detail = compare(tableOf(a), tableOf(b), { full: true });
      const byId = new Map(a.map(({ id, v }) => [id, v]));
      for (const { op, key, b: cells } of detail.sample) {
        const id = key?.id as number;
        const v = cells?.v as number | { $number: string };
        if (op === 'removed') byId.delete(id);
        else byId.set(id, typeof v === 'object' ? Number(v.$number) : v);
      }
      assert.deepEqual(
        [...byId].sort(([x], [y]) => x - y),
        b.map(({ id, v }) => [id, v]).sort(([x], [y]) => (x as number) - (y as number)),
      );
      const back = compare(tableOf(b), tableOf(a));
      assert.deepEqual(
        [back.rows.added, back.rows.removed, back.rows.changed],
        [detail.rows.removed, detail.rows.added, detail.rows.changed],
      );
    }),
    { numRuns: 200 },
  );
});

test('rows by content agree with EXCEPT ALL of DuckDB', async (context) => {
  const duckdb = await import('@duckdb/node-api').catch(() => undefined);
  if (!duckdb) return context.skip('@duckdb/node-api is not installed');
  const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect();
  const rows = (seed: number) =>
    Array.from({ length: 200 }, (_, i) => [((i * seed) % 13) / 2, (i * seed * 7) % 3]);
  const [a, b] = [rows(3), rows(5)];
  const tableOf = (list: number[][]) =>
    tableFromArrays({
      x: Float64Array.from(list, ([x]) => x ?? 0),
      y: Float64Array.from(list, ([, y]) => y ?? 0),
    });
  for (const [name, list] of [
    ['a', a],
    ['b', b],
  ] as const) {
    await connection.run(`CREATE TABLE ${name} (x DOUBLE, y DOUBLE)`);
    await connection.run(`INSERT INTO ${name} VALUES ${list.map((row) => `(${row.join()})`).join()}`);
  }
  const count = async (sql: string) =>
    Number((await (await connection.runAndReadAll(`SELECT count(*) FROM (${sql})`)).getRows())[0]?.[0]);
  const detail = compare(tableOf(a), tableOf(b));
  assert.equal(detail.rows.added, await count('FROM b EXCEPT ALL FROM a'));
  assert.equal(detail.rows.removed, await count('FROM a EXCEPT ALL FROM b'));
  connection.closeSync();
  return undefined;
});

test('decimals', () => {
  const tableOf = (last: number) => {
    const digits = [1, last].map((low) => Uint32Array.of(low, 0, 0, 0));
    return new Table({
      id: vectorFromArray(['a', 'b']),
      d: vectorFromArray(digits, new Decimal(2, 12, 128)),
    });
  };
  assert.equal(compare(tableOf(2), tableOf(2)).rows.changed, 0);
  const { rows, sample } = compare(tableOf(2), tableOf(3));
  assert.deepEqual([rows.changed, sample[0]?.a, sample[0]?.b], [1, { d: '2' }, { d: '3' }]);
});

test('times are never close, to the nanosecond', () => {
  const tableOf = (time: bigint) =>
    new Table({
      id: vectorFromArray(['a']),
      at: makeVector(
        makeData({
          type: new Timestamp(TimeUnit.NANOSECOND, null),
          length: 1,
          data: BigInt64Array.of(time),
        }),
      ),
      x: vectorFromArray([1], new Float64()),
    });
  const [a, b] = [tableOf(1_700_000_000_000_000_000n), tableOf(1_700_000_000_000_000_001n)];
  const { isClose, detail } = compareTables(a as never, b as never, { rtol: 1 });
  assert.deepEqual([isClose, detail.rows.changed, detail.columns.changed], [false, 1, ['at']]);
  assert.equal(compareTables(a as never, a as never, { rtol: 1 }).detail.rows.changed, 0);
});

test('numbers within nested cells are close, too', () => {
  const tableOf = (x: number) =>
    new Table({
      id: vectorFromArray(['a']),
      list: vectorFromArray([[1, x]], new List(new Field('item', new Float64(), true))),
    });
  const options = { atol: 0.1 };
  assert.equal(compareTables(tableOf(2) as never, tableOf(2.05) as never, options).isClose, true);
  assert.equal(compareTables(tableOf(2) as never, tableOf(2.5) as never, options).isClose, false);
});

test('schemas that differ in order, nullability or metadata alone', () => {
  const ids = vectorFromArray(['a'], new Utf8());
  const xs = vectorFromArray([1], new Float64());
  const base = new Table({ id: ids, x: xs });
  const other = new Table({ x: xs, id: ids });
  const { isClose, detail } = compareTables(base as never, other as never, { rtol: 1 });
  assert.deepEqual([isClose, detail.schema], [false, { reordered: true, nullable: [], metadata: [] }]);
  const [id, x] = base.schema.fields as [Field, Field];
  const described: TableLike = {
    numRows: 1,
    schema: {
      fields: [
        { name: 'id', type: id.type, nullable: !id.nullable },
        { name: 'x', type: x.type, nullable: x.nullable, metadata: new Map([['unit', 'm']]) },
      ],
      metadata: new Map([['by', 'me']]),
    },
    getChildAt: (index) => base.getChildAt(index),
  };
  assert.deepEqual(compareTables(base as never, described).detail.schema, {
    reordered: false,
    nullable: ['id'],
    metadata: ['', 'x'],
  });
  assert.equal(compare(base, base).schema, undefined);
});

test('a key that cannot be used is told', () => {
  const tableOf = (...ids: string[]) =>
    tableFromArrays({ ident: ids, x: Float64Array.from(ids, (_, i) => i) });
  const [a, b] = [tableOf('p', 'q'), tableOf('p', 'r')];
  const misspelt = compareTables(a as never, b as never, { key: ['idnt'] }).detail;
  assert.deepEqual(
    [misspelt.key, misspelt.keyProblem],
    [['ident'], 'The key was not used: the tables have no column "idnt" in common. Did you mean ident?'],
  );
  const twice = compareTables(tableOf('p', 'p') as never, b as never, { key: ['ident'] }).detail;
  assert.match(twice.keyProblem ?? '', /ident is missing in a row, or the same in two/);
  assert.equal(compareTables(a as never, b as never, { key: ['ident'] }).detail.keyProblem, undefined);
});

test('stored tables: columns that are the same are not read, and the diff is that of the tables', (context) => {
  const rows = 300_000;
  const tableOf = (changed: number, hasKey: boolean) =>
    tableFromArrays({
      ...(hasKey ? { id: Int32Array.from({ length: rows }, (_, i) => i) } : {}),
      same: Float64Array.from({ length: rows }, (_, i) => Math.sin(i)),
      x: Float64Array.from({ length: rows }, (_, i) => (i === changed ? -1 : i % 7)),
    });
  for (const hasKey of [true, false]) {
    const store = FixtureStore.for(context);
    const tables = [tableOf(-1, hasKey), tableOf(1234, hasKey)] as const;
    for (const table of tables) store.run({ tasks: [{ step: 'end', artifacts: { table } }] });
    const asked: string[] = [];
    const { client } = store;
    const [change] = client.diff('ForeachFlow~1', 'ForeachFlow').changes;
    assert.deepEqual(change?.detail, compare(...tables));
    const side = (run: string) =>
      storedTable((client.Artifact(`${run}/end/0/table`) as InnerArtifact).reader);
    const [a, b] = [side('ForeachFlow~1'), side('ForeachFlow/latest')] as [StoredTable, StoredTable];
    for (const table of [a, b]) {
      const read = table.getChildAt.bind(table);
      table.getChildAt = (index) => {
        asked.push(table.schema.fields[index]?.name ?? '');
        return read(index);
      };
    }
    const same = new Set(
      b.schema.fields.flatMap(({ name }, index) => (a.marks.includes(b.marks[index] ?? '') ? [name] : [])),
    );
    assert.deepEqual([...same], hasKey ? ['id', 'same'] : ['same']);
    const { detail } = compareTables(a, b, {}, same);
    assert.deepEqual(detail, change?.detail);
    if (hasKey) assert.ok(!asked.includes('same'), asked.join());
  }
});

test('with columns that are known to be the same a diff says the same', () => {
  const column = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(column, column, column, (first, second, third) => {
      const rows = Math.min(first.length, second.length, third.length);
      const cut = (list: number[]) => Int32Array.from(list.slice(0, rows));
      const a = tableFromArrays({ s: cut(first), x: cut(second) });
      const b = tableFromArrays({ s: cut(first), x: cut(third) });
      const plain = compareTables(stored(a), stored(b)).detail;
      const known = compareTables(stored(a), stored(b), {}, new Set(['s'])).detail;
      assert.deepEqual([known.rows, known.key, known.columns], [plain.rows, plain.key, plain.columns]);
    }),
  );
});
