import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { build } from 'esbuild';
import { ArtifactReader, storeValue } from '../artifact.ts';
import { type Arrow, loadArrow } from './arrow.ts';
import { plainRow, plainRows } from './arrow-rows.ts';
import { FakeObjects } from './fake-objects.ts';
import { keep, roundTrip } from './fixtures.ts';

const arrow: Arrow = loadArrow();
const { Table, tableFromArrays, vectorFromArray } = arrow;

function sales(count: number, from = 0) {
  return tableFromArrays({
    price: Float64Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i + from))),
    name: Array.from({ length: count }, (_, i) => `item ${(i + from) % 50}`),
    count: Int32Array.from({ length: count }, (_, i) => i + from),
  });
}

describe('a table', () => {
  test('comes back with schema, batches, metadata and rows, also inside other values', () => {
    const plainTable = sales(100);
    const schema = new arrow.Schema(plainTable.schema.fields, new Map([['made by', 'a test']]));
    const table = new Table(schema, plainTable.batches as never).concat(sales(50).slice(3, 20) as never);
    const back = (roundTrip({ deep: [table] }) as { deep: [InstanceType<typeof Table>] }).deep[0];
    assert.ok(back instanceof Table);
    assert.equal(String(back.schema), String(table.schema));
    assert.deepEqual([...back.schema.metadata], [['made by', 'a test']]);
    assert.equal(back.batches.length, 2);
    assert.deepEqual(plainRows(back), plainRows(table));
  });

  test('may be empty', () => {
    const shapes = [new Table(), sales(0), sales(9).slice(0, 0), tableFromArrays({})].map((table) => {
      const back = roundTrip(table) as InstanceType<typeof Table>;
      return [back.numRows === table.numRows, back.numCols === table.numCols];
    });
    assert.deepEqual(shapes, new Array(4).fill([true, true]));
  });

  test('has a digest that does not depend on the ids the library gives dictionaries', () => {
    assert.equal(keep(sales(100)).stored.digest, keep(sales(100)).stored.digest);
  });

  test('comes back with dictionaries of its own, which another table may stand beside', () => {
    const [a, b] = roundTrip([sales(10), sales(10)]) as [
      InstanceType<typeof Table>,
      InstanceType<typeof Table>,
    ];
    const idOf = (table: typeof a) => Reflect.get(table.schema.fields[1]?.type ?? {}, 'id');
    assert.notEqual(idOf(a), idOf(b));
  });

  test('sums itself up', () => {
    assert.deepEqual(
      [keep(sales(9)).reader.type, keep(vectorFromArray([1])).reader.type],
      ['Table 9x3', 'Vector[1]'],
    );
    assert.equal(keep(sales(9).batches[0]).reader.type, 'RecordBatch 9x3');
  });

  test('gives a row as plain data, reading a chunk of each column', () => {
    const table = tableFromArrays({
      x: new Float64Array(1_000_000).map((_, i) => i),
      y: Int32Array.from({ length: 1_000_000 }, () => Math.random() * 1e9),
    });
    const { objects, reader } = keep(table);
    assert.deepEqual(reader.element(700_001), plainRow(table.get(700_001)));
    objects.reads.length = 0;
    reader.element(700_002);
    assert.ok(objects.reads.length <= 2);
  });

  test('a record batch comes back as one', () => {
    const [batch] = sales(20).batches;
    const back = roundTrip(batch) as typeof batch;
    assert.ok(back instanceof arrow.RecordBatch);
    assert.deepEqual(plainRows(back ?? []), plainRows(batch ?? []));
  });

  test('stores only what is new when rows are appended or a column is added', () => {
    const objects = new FakeObjects();
    const bytes = () => [...objects.objects.values()].reduce((sum, { body }) => sum + body.length, 0);
    const table = sales(200_000);
    storeValue('t', table, objects);
    const first = bytes();
    storeValue('t', table.concat(sales(2000, 200_000) as never), objects);
    const second = bytes();
    assert.ok(second - first < first / 20, `appending 1 % of rows took ${second - first} of ${first} bytes`);
    const extra = vectorFromArray(Int8Array.from({ length: 200_000 }, (_, i) => i % 5));
    storeValue('t', table.assign(new Table({ extra })), objects);
    assert.ok(bytes() - second < 60_000, `adding a column took ${bytes() - second} bytes`);
  });
});

test('an Arrow value that does not fit together is a clear error', () => {
  const table = sales(500);
  const breakIt = (edit: (batch: { rows: number; columns: object[] }) => unknown) => {
    const { objects, stored } = keep(table);
    const entries = [...objects.tree(stored.entry.id)];
    const at = entries.findIndex(({ name }) => name === 'value.json');
    const file = entries[at];
    assert.ok(file);
    const json = JSON.parse(Buffer.from(objects.blob(file.id)).toString());
    edit(json.skeleton['$arrow.Table'].batches[0]);
    entries[at] = { ...file, id: objects.blob(Buffer.from(JSON.stringify(json))) };
    return { objects, entry: { ...stored.entry, id: objects.tree(entries) } };
  };
  const edits: Parameters<typeof breakIt>[0][] = [
    (batch) => batch.columns.pop(),
    (batch) => Object.assign(batch.columns[0] ?? {}, { rows: 501 }),
    (batch) => Object.assign(batch.columns[0] ?? {}, { values: 99 }),
    (batch) => Object.assign(batch.columns[0] ?? {}, { values: 'AAAA' }),
    (batch) => Object.assign(batch.columns[0] ?? {}, { validity: 'A' }),
    (batch) => Object.assign(batch, { rows: 1e15 }),
    (batch) => Object.assign(batch, { rows: -1 }),
  ];
  for (const edit of edits) {
    const { objects, entry } = breakIt(edit);
    assert.throws(
      () => new ArtifactReader(objects, entry).load(),
      { code: 'ArtifactCorruptError' },
      String(edit),
    );
  }
});

test('a row of a table by itself is refused with advice', () => {
  assert.throws(() => keep({ row: sales(3).get(0) }), {
    code: 'UnstorableError',
    message: /x\.row is .*toJSON\(\)/,
  });
});

test('a plain Node loads the very library a flow imports, and only when it is needed', async () => {
  const folder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.oxbow-arrow-'));
  try {
    const outfile = join(folder, 'artifact.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'arrow.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      logLevel: 'error',
    });
    const script = join(folder, 'flow.mjs');
    writeFileSync(
      script,
      `import { loadArrow } from './artifact.mjs';
       const first = loadArrow();
       const flow = await import('apache-arrow');
       console.log(first.Table === flow.Table, new first.Table() instanceof flow.Table);`,
    );
    assert.equal(execFileSync(process.execPath, [script], { encoding: 'utf8' }), 'true true\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('storing a table of another copy of the library works, and loading nothing else loads it', () => {
  const other = createRequire(import.meta.url)('apache-arrow') as Arrow;
  const back = roundTrip(other.tableFromArrays({ a: [1, 2] }));
  assert.ok(back instanceof Table);
});
