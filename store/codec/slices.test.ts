import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { loadArrow, type ArrowTable as Table } from './arrow.ts';
import { plainRows } from './arrow-rows.ts';
import { keep } from './fixtures.ts';

const big = <T>(make: (index: number) => T): T[] => Array.from({ length: 5000 }, (_, index) => make(index));
const shared = { s: 1 };

/** Lists whose slices are what the method `slice` of the value gives. */
const LISTS: Record<string, { slice(from?: number, to?: number): unknown }> = {
  'small JSON': [1, 'a', { b: 2 }],
  'odd values': [undefined, -0, 2n, new Date(3), new Map([[1, 2]])],
  'many records': big((i) => ({ i, text: 'ü' })),
  'many records with dates': big((i) => ({ i, at: new Date(i) })),
  'many records that share': big((i) => ({ i, shared, at: new Date(i) })),
  'many numbers': big((i) => i / 2 - 100),
  'few typed numbers': Int16Array.of(1, -2),
  'a typed array': new Float32Array(5000).map((_, i) => i),
  'large integers': BigInt64Array.from(big((i) => BigInt(i))),
  'a Buffer': Buffer.from(big((i) => i % 256)),
  'a list with holes': Object.assign([], { 1: 'b', 4: new Date(1), length: 6 }),
  'a text': 'abcdef',
  'a long ASCII text': 'abcdef'.repeat(20_000),
  nothing: [],
};

describe('a slice is what slice gives, of', () => {
  const bound = fc.option(fc.integer({ min: -5500, max: 5500 }), { nil: undefined });
  for (const [name, value] of Object.entries(LISTS)) {
    test(name, () => {
      const { reader } = keep(value);
      const same = (from?: number, to?: number) =>
        assert.deepEqual(reader.slice(from, to), value.slice(from, to), `${from} to ${to}`);
      for (const [from, to] of [[], [1], [0, 2], [-2], [1, -1], [-3, 2], [5, 1], [4998], [0, 1e9]])
        same(from, to);
      fc.assert(
        fc.property(bound, bound, (from, to) => same(from, to)),
        { numRuns: 20 },
      );
    });
  }
});

describe('a slice', () => {
  test('of other text counts characters as for-of does', () => {
    const characters = Array.from({ length: 60_000 }, (_, i) => ['a', 'ü', '🐂', '中'][i % 4] ?? '');
    for (const text of [characters.join(''), `${characters.join('')}\ud800`]) {
      const { reader } = keep(text);
      const points = [...text];
      for (const [from, to] of [[0, 3], [-3], [100, 107], [29_999, 30_010], [7, 3], []] as const)
        assert.equal(reader.slice(from, to), points.slice(from, to).join(''));
      assert.equal(reader.length, points.length);
      assert.equal(reader.element(30_001), points[30_001]);
    }
  });

  test('of a Set or a Map is a list', () => {
    assert.deepEqual(keep(new Set([1, [2], 3])).reader.slice(1), [[2], 3]);
    assert.deepEqual(keep(new Map([['a', 1n]])).reader.slice(), [['a', 1n]]);
  });

  test('keeps what its elements share', () => {
    const [first, second] = keep([0, shared, shared, new Date(0)]).reader.slice(1, 3) as object[];
    assert.deepEqual(first, shared);
    assert.equal(first, second);
  });

  test('is nobody else’s', () => {
    for (const value of [big((i) => ({ i })), { list: [1] }]) {
      const { reader } = keep(Array.isArray(value) ? value : [value, { a: 1 }]);
      const slice = reader.slice(0, 1) as { i?: number }[];
      Object.assign(slice[0] ?? {}, { i: -1 });
      assert.notEqual((reader.slice(0, 1) as { i?: number }[])[0]?.i, -1);
    }
  });

  test('does not exist of what has no elements', () => {
    for (const value of [5, { a: 1 }, new Date(), new DataView(new ArrayBuffer(2))])
      assert.throws(
        () => keep(value).reader.slice(0, 1),
        /^RangeError: Artifact "x" has no elements to slice: it is /,
      );
    assert.throws(() => keep([1]).reader.slice(0.5), RangeError);
  });

  test('large JSON that looks like a tag is what it is', () => {
    const value = { $Set: ['text'.repeat(20_000)] };
    assert.equal(keep(value).reader.length, undefined);
    assert.deepEqual(keep(value).reader.load(), value);
  });
});

const { tableFromArrays, vectorFromArray } = loadArrow();
const ROWS = 300_000;
const table = tableFromArrays({
  id: Int32Array.from({ length: ROWS }, (_, i) => i),
  x: Float64Array.from({ length: ROWS }, Math.random),
  name: Array.from({ length: ROWS }, (_, i) => `name ${i % 1000}`),
}) as unknown as Table;
const batched = table.slice(0, 100_001).concat(table.slice(100_001, ROWS));

describe('of a table', () => {
  test('a slice is a table of those rows', () => {
    for (const whole of [table, batched]) {
      const { reader } = keep(whole);
      for (const [from, to] of [[0, 3], [100_000, 100_003], [-2], [5, 5]] as const) {
        const slice = reader.slice(from, to) as Table;
        assert.deepEqual(slice.schema.names, table.schema.names);
        assert.deepEqual(plainRows(slice), plainRows(whole.slice(from, to)));
      }
    }
  });

  test('a column is a vector, whole or some rows of it', () => {
    const { reader } = keep(batched);
    assert.deepEqual(reader.columns, ['id', 'x', 'name']);
    assert.deepEqual((reader.column('x') as Table).toArray(), table.getChild('x')?.toArray());
    assert.deepEqual(
      [...(reader.column('name', 99_999, 100_003) as Iterable<string>)],
      ['name 999', 'name 0', 'name 1', 'name 2'],
    );
    assert.equal((reader.column('id', -1) as { get(index: number): unknown }).get(0), ROWS - 1);
    assert.equal((reader.column('id', 3, 3) as { length: number }).length, 0);
  });

  test('a column that is not there is refused', () => {
    assert.throws(() => keep(table).reader.column('y'), /has no column "y": its columns are id, x, name\.$/);
    assert.throws(() => keep([1]).reader.column('y'), /has no column "y": it is array\[1\]\.$/);
    assert.equal(keep([1]).reader.columns, undefined);
  });

  test('a vector has slices', () => {
    const vector = vectorFromArray(Array.from({ length: 3000 }, (_, i) => (i % 7 ? i : null)));
    const slice = keep(vector).reader.slice(10, 20) as Iterable<unknown>;
    assert.deepEqual([...slice], [...vector.slice(10, 20)]);
  });
});

describe('only the chunks are read', () => {
  /** Bytes of the blobs that a look at a stored value reads, value.json and the listings aside. */
  function bytesRead(value: unknown, look: (reader: ReturnType<typeof keep>['reader']) => unknown): number {
    const { objects, reader } = keep(value);
    reader.element(0); // Lists chunks and rows.
    objects.reads.length = 0;
    look(reader);
    const blobs = objects.reads
      .map((id) => objects.objects.get(id))
      .filter((object) => object?.type === 'blob');
    return blobs.reduce((sum, object) => sum + (object?.body.length ?? 0), 0);
  }
  const MIB = 2 ** 20;
  const numbers = Float64Array.from({ length: MIB }, Math.random); // 8 MiB

  test('of a typed array', () => {
    const read = bytesRead(numbers, (reader) => reader.slice(500_000, 500_010));
    assert.ok(read <= MIB, `${read} bytes were read`);
  });

  test('of an array of numbers', () => {
    const read = bytesRead(Array.from(numbers), (reader) => reader.slice(-10));
    assert.ok(read <= MIB, `${read} bytes were read`);
  });

  test('of an ASCII text', () => {
    const text = Array.from(numbers.subarray(0, 400_000)).join('\n');
    const read = bytesRead(text, (reader) =>
      assert.equal(reader.slice(4e6, 4e6 + 50), text.slice(4e6, 4e6 + 50)),
    );
    assert.ok(read <= 2 * MIB, `${read} bytes were read`);
  });

  test('of rows of JSON', () => {
    const rows = Array.from(numbers.subarray(0, 100_000), (x, i) => ({ i, x }));
    const read = bytesRead(rows, (reader) =>
      assert.deepEqual(reader.slice(50_000, 50_010), rows.slice(50_000, 50_010)),
    );
    assert.ok(read <= 2 * MIB, `${read} bytes were read`);
  });

  test('of a column of a table', () => {
    const column = bytesRead(table, (reader) => reader.column('x'));
    assert.ok(column <= ROWS * 8 + 1000, `${column} bytes were read`);
    const rows = bytesRead(table, (reader) => reader.column('x', 200_000, 200_010));
    assert.ok(rows <= MIB, `${rows} bytes were read`);
  });

  test('of rows of a table', () => {
    const read = bytesRead(table, (reader) => reader.slice(200_000, 200_010));
    assert.ok(read <= 4 * MIB && read < 0.8 * (ROWS * 12), `${read} bytes were read`);
  });
});
