// Tables made by others: they came as IPC, share dictionaries, have no rows, were sliced, put together or made by another
// version of the library. Each is read back equal, or refused before it is stored.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Arrow, type ArrowTable, type ArrowType, type ArrowVector, loadArrow } from './arrow.ts';
import { plainRows } from './arrow-rows.ts';
import { type Kept, keep, roundTrip } from './fixtures.ts';

const arrow: Arrow = loadArrow();
const { Field, Table, Vector, makeData, tableFromIPC, tableToIPC, vectorFromArray } = arrow;

type Format = 'stream' | 'file';
const FORMATS: readonly Format[] = ['stream', 'file'];

const throughIpc = (table: ArrowTable, format: Format): ArrowTable => tableFromIPC(tableToIPC(table, format));
const item = (type: ArrowType) => new Field('item', type, true);
const tableOf = (columns: Record<string, ArrowVector>): ArrowTable => new Table(columns) as ArrowTable;
const cities = (indices: ArrowType = new arrow.Int8()): ArrowVector =>
  vectorFromArray(['Bern', 'Rome', null, 'Bern'], new arrow.Dictionary(new arrow.Utf8(), indices as never));

/** The value comes back with its schema and rows, whole and piece by piece, and with the same digest. */
function comesBack(table: ArrowTable): Kept {
  const kept = keep(table);
  const back = kept.reader.load() as ArrowTable;
  assert.ok(back instanceof Table);
  assert.equal(String(back.schema), String(table.schema));
  assert.deepEqual([back.numRows, back.numCols], [table.numRows, table.numCols]);
  assert.deepEqual(plainRows(back), plainRows(table));
  assert.deepEqual([...back.schema.metadata], [...table.schema.metadata]);
  assert.equal(kept.reader.length, table.numRows);
  assert.deepEqual(
    Array.from({ length: table.numRows }, (_, row) => kept.reader.element(row)),
    plainRows(table),
  );
  for (const name of kept.reader.columns ?? []) kept.reader.column(name);
  assert.equal(keep(back).stored.digest, kept.stored.digest);
  return kept;
}

/** A kind of column: its type, made anew each time, and one value of it. */
interface Kind {
  readonly type: () => ArrowType;
  readonly value: fc.Arbitrary<unknown>;
}

const leaf = (type: () => unknown, value: fc.Arbitrary<unknown>): Kind => ({
  type: type as () => ArrowType,
  value,
});

const bytes = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Uint8Array.from(array));

const LEAVES: readonly Kind[] = [
  leaf(() => new arrow.Int8(), fc.integer({ min: -128, max: 127 })),
  leaf(() => new arrow.Uint64(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  leaf(() => new arrow.Float64(), fc.double()),
  leaf(() => new arrow.Bool(), fc.boolean()),
  leaf(() => new arrow.Utf8(), fc.string({ unit: 'grapheme', maxLength: 9 })),
  leaf(() => new arrow.LargeUtf8(), fc.string({ maxLength: 9 })),
  leaf(() => new arrow.Binary(), bytes(0, 5)),
  leaf(() => new arrow.LargeBinary(), bytes(0, 5)),
  leaf(() => new arrow.FixedSizeBinary(3), bytes(3)),
  leaf(
    () => new arrow.Decimal(2, 30, 128),
    fc.nat().map((n) => Uint32Array.of(n, 0, 0, 0)),
  ),
  leaf(
    () => new arrow.DateDay(),
    fc.nat(20_000).map((day) => new Date(day * 864e5)),
  ),
  leaf(() => new arrow.TimestampMicrosecond('Europe/Berlin'), fc.nat()),
  leaf(() => new arrow.DurationSecond(), fc.bigInt({ min: -9n, max: 9n })),
  leaf(
    () => new arrow.IntervalDayTime(),
    fc.nat(99).map((n) => Int32Array.of(n, 1)),
  ),
  leaf(() => new arrow.Null(), fc.constant(null)),
  leaf(() => new arrow.Dictionary(new arrow.Utf8(), new arrow.Int16()), fc.constantFrom('a', 'b', 'ü')),
];

const column: fc.Arbitrary<Kind> = fc.letrec<{ kind: Kind }>((tie) => ({
  kind: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.constantFrom(...LEAVES),
    tie('kind').map(({ type, value }) => ({
      type: () => new arrow.List(item(type())) as ArrowType,
      value: fc.array(fc.option(value), { maxLength: 3 }),
    })),
    tie('kind').map(({ type, value }) => ({
      type: () => new arrow.FixedSizeList(2, item(type())) as ArrowType,
      value: fc.array(fc.option(value), { minLength: 2, maxLength: 2 }),
    })),
    fc.tuple(tie('kind'), tie('kind')).map(([a, b]) => ({
      type: () => new arrow.Struct([new Field('a', a.type(), true), new Field('b', b.type(), true)] as never),
      value: fc.record({ a: fc.option(a.value), b: fc.option(b.value) }),
    })),
    tie('kind').map(({ type, value }) => ({
      type: () => {
        const fields = [new Field('key', new arrow.Utf8()), new Field('value', type(), true)];
        return new arrow.Map_(new Field('entries', new arrow.Struct(fields as never), false) as never);
      },
      value: fc
        .uniqueArray(fc.string({ minLength: 1, maxLength: 2 }), { maxLength: 2 })
        .chain((keys) =>
          fc
            .array(fc.option(value), { minLength: keys.length, maxLength: keys.length })
            .map((values) => new Map(keys.map((key, i) => [key, values[i]]))),
        ),
    })),
  ),
})).kind;

const CHANGES: Record<string, (table: ArrowTable) => ArrowTable> = {
  'as it is': (table) => table,
  'as a stream': (table) => throughIpc(table, 'stream'),
  'as a file': (table) => throughIpc(table, 'file'),
  'cut, as a stream': (table) => throughIpc(table.slice(1), 'stream'),
  'as a stream, cut': (table) => throughIpc(table, 'stream').slice(1, -1),
  'as a stream, without rows': (table) => throughIpc(table, 'stream').slice(1, 1),
  'two batches': (table) => table.concat(table.slice(0, 1)),
  'two batches, as a stream': (table) => throughIpc(table.concat(table.slice(1)), 'stream'),
  'one column of it': (table) => throughIpc(table, 'stream').select(['x']),
};

test('any table is read back, whatever was done to it', () => {
  const rows = (kind: Kind) => fc.array(fc.option(kind.value), { maxLength: 6 });
  const made = column.chain((kind) => fc.tuple(fc.constant(kind), rows(kind)));
  fc.assert(
    fc.property(made, fc.constantFrom(...Object.keys(CHANGES)), ([kind, values], change) => {
      const type = kind.type();
      const x =
        values.length > 0
          ? vectorFromArray(values, type)
          : new Vector([makeData({ type, length: 0 } as never)]);
      const y = vectorFromArray(
        values.map((_, i) => i),
        new arrow.Int32(),
      );
      const table = tableOf(values.length > 0 ? { x: x as ArrowVector, y } : { x: x as ArrowVector });
      let changed: ArrowTable;
      try {
        changed = CHANGES[change]?.(table) ?? table;
        plainRows(changed);
      } catch {
        return; // The library cannot do that, or cannot read what it made.
      }
      comesBack(changed);
    }),
    { numRuns: 300 },
  );
});

/** Tables with something that only IPC or the library's own methods make. */
const TABLES: Record<string, () => ArrowTable> = {
  'columns that share a dictionary': () => {
    const city = cities();
    return tableOf({ origin: city, destination: city });
  },
  'columns that share a dictionary, and others that share another': () => {
    const [one, other] = [cities(), cities()];
    return tableOf({ a: one, b: other, c: one, d: other });
  },
  'a column and one within a list that share a dictionary': () => {
    const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
    const list = vectorFromArray([['a'], ['b', null], []], new arrow.List(item(type)));
    return tableOf({ a: vectorFromArray(['a', 'b', null], type), list });
  },
  'a dictionary of records': () => {
    const record = new arrow.Struct([new Field('a', new arrow.Utf8(), true)] as never);
    const dictionary = vectorFromArray([{ a: 'x' }, { a: null }], record);
    const type = new arrow.Dictionary(record as never, new arrow.Int32());
    const data = Int32Array.of(0, 1, 0);
    return tableOf({
      x: new Vector([makeData({ type, length: 3, data, dictionary } as never)]) as ArrowVector,
    });
  },
  'a dictionary that grows from batch to batch': () => {
    const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
    const builder = arrow.makeBuilder({ type, nullValues: [null] } as never) as unknown as {
      append(value: unknown): void;
      flush(): never;
    };
    const chunk = (values: unknown[]) => {
      for (const value of values) builder.append(value);
      return builder.flush();
    };
    return tableOf({ x: new Vector([chunk(['a', 'b', null]), chunk(['c', 'a'])]) as ArrowVector });
  },
  'batches whose dictionaries differ': () => {
    const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
    const data = [
      ['a', 'b'],
      ['c', 'd', 'c'],
    ].flatMap((values) => vectorFromArray(values, type).data);
    return tableOf({ x: new Vector(data as never) as ArrowVector });
  },
  'rows without columns': () => {
    const schema = new arrow.Schema([]);
    const rows = makeData({ type: new arrow.Struct([]), length: 5, nullCount: 0, children: [] });
    return new Table(schema, [new arrow.RecordBatch(schema, rows)]) as ArrowTable;
  },
  'metadata of the table and of a column': () => {
    const fields = [new Field('a', new arrow.Int32(), true, new Map([['unit', 'm']]))];
    const schema = new arrow.Schema(fields, new Map([['made by', 'others']]));
    const children = vectorFromArray([1, 2], new arrow.Int32()).data;
    const rows = makeData({ type: new arrow.Struct(fields), length: 2, nullCount: 0, children } as never);
    return new Table(schema, [new arrow.RecordBatch(schema, rows as never)]) as ArrowTable;
  },
};

describe('a table comes back that has', () => {
  for (const [name, make] of Object.entries(TABLES)) {
    test(name, () => {
      comesBack(make());
      for (const format of FORMATS) {
        try {
          plainRows(throughIpc(make(), format));
        } catch {
          continue; // The format, or the library, has no such tables.
        }
        comesBack(throughIpc(make(), format));
        comesBack(throughIpc(make(), format).slice(1));
      }
    });
  }

  test('no rows and a column of any type, as IPC brings it', () => {
    const types = fc.sample(column, { numRuns: 60, seed: 1 }).map(({ type }) => type());
    for (const type of [...types, ...LEAVES.map((kind) => kind.type()), union(0), union(1)]) {
      const schema = new arrow.Schema([new Field('x', type, true), new Field('id', new arrow.Int32())]);
      const table = new Table(schema) as ArrowTable;
      comesBack(table);
      for (const format of FORMATS) comesBack(throughIpc(table, format));
    }
  });

  test('a column of another type than its schema says, where setChild left the schema as it was', () => {
    const table = throughIpc(tableOf({ a: cities(), b: cities() }), 'stream').setChild(
      'b',
      vectorFromArray([1, 2, 3, 4], new arrow.Int32()) as never,
    ) as ArrowTable;
    const back = roundTrip(table) as ArrowTable;
    assert.deepEqual(plainRows(back), plainRows(table));
    assert.match(String(back.schema), /b: Int32/);
  });
});

function union(mode: number): ArrowType {
  const fields = [new Field('n', new arrow.Int32(), true), new Field('s', new arrow.Utf8(), true)];
  return new arrow.Union(mode, [0, 1], fields as never);
}

test('columns that shared a dictionary share one again', () => {
  const city = cities();
  const back = roundTrip(tableOf({ a: city, b: city })) as ArrowTable;
  assert.equal(back.getChildAt(0)?.data[0]?.dictionary, back.getChildAt(1)?.data[0]?.dictionary);
  assert.deepEqual(plainRows(throughIpc(back, 'stream')), plainRows(back));
});

describe('a table of a version of the library that does not mark its classes', () => {
  /** What such a version makes, by the parts it consists of. */
  const unmarked = (table: ArrowTable) => {
    class Old {}
    const batches = table.batches.map(({ schema, data, numRows, numCols }) =>
      Object.assign(new Old(), { schema, data, numRows, numCols }),
    );
    const { schema, numRows, numCols } = table;
    return { table: Object.assign(new Old(), { schema, batches, numRows, numCols }), batch: batches[0] };
  };

  test('comes back as one of ours', () => {
    const table = tableOf({ city: cities(), id: vectorFromArray([1, 2, 3, 4], new arrow.Int32()) });
    const old = unmarked(table);
    const back = roundTrip([old.table, old.batch]) as [ArrowTable, Iterable<unknown>];
    assert.ok(back[0] instanceof Table);
    assert.deepEqual(plainRows(back[0]), plainRows(table));
    assert.deepEqual(plainRows(back[1]), plainRows(table));
    assert.equal(keep(old.table).stored.digest, keep(table).stored.digest);
    assert.equal(keep(old.table).reader.type, 'Table 4x2');
  });

  test('is refused with a way out when it is of a version with another memory layout', () => {
    class Chunked {}
    const { schema } = tableOf({ a: cities() });
    const refused = Object.assign(new Chunked(), { schema, chunks: [] });
    assert.throws(() => keep({ t: refused }), {
      code: 'UnstorableError',
      message: /x\.t .*before 7\. Use version 7 or later/,
    });
  });

  test('does not hide other classes', () => {
    class Mine {
      schema = { fields: [] };
      data = [1];
    }
    assert.throws(() => keep(new Mine()), { code: 'UnstorableError', message: /an instance of Mine/ });
  });
});

describe('what could not be read again is refused with its path:', () => {
  const broken = (type: ArrowType, buffers: object): unknown => ({
    deep: [new Vector([makeData({ type, ...buffers } as never)])],
  });
  const CASES: Record<string, () => unknown> = {
    'offsets that run backwards': () =>
      broken(new arrow.Utf8(), {
        ...{ length: 2, nullCount: 0, valueOffsets: Int32Array.of(0, 3, 1) },
        data: Uint8Array.of(97, 98, 99),
      }),
    'fewer values than rows': () =>
      broken(new arrow.Int32(), { length: 9, nullCount: 0, data: Int32Array.of(1) }),
    'a list whose elements are missing': () =>
      broken(new arrow.List(item(new arrow.Int32())), {
        ...{ length: 1, nullCount: 0, valueOffsets: Int32Array.of(0, 5) },
        child: vectorFromArray([1], new arrow.Int32()).data[0],
      }),
    'columns of one name and two types': () => {
      const fields = [new Field('a', new arrow.Int32(), true), new Field('a', new arrow.Utf8(), true)];
      const children = [...vectorFromArray([1], new arrow.Int32()).data, ...vectorFromArray(['x']).data];
      const type = new arrow.Struct(fields as never);
      const rows = makeData({ type, length: 1, nullCount: 0, children } as never);
      return { deep: [new arrow.RecordBatch(new arrow.Schema(fields as never), rows as never)] };
    },
  };
  for (const [name, make] of Object.entries(CASES)) {
    test(name, () => {
      assert.throws(() => keep(make()), { code: 'UnstorableError', message: /stored: x\.deep\[0\] / });
    });
  }
});

test('columns that end before the nulls of what they are in, as older versions of the library make them, are read back', () => {
  const bits = (...rows: number[]) => Uint8Array.of(rows.reduce((sum, row) => sum | (1 << row), 0));
  const inside: [ArrowType, ArrowVector, unknown][] = [
    [new arrow.Int32(), vectorFromArray([1, 2], new arrow.Int32()) as ArrowVector, 2],
    [new arrow.Bool(), vectorFromArray([false, true], new arrow.Bool()) as ArrowVector, true],
    [new arrow.Utf8(), vectorFromArray(['a', 'b'], new arrow.Utf8()) as ArrowVector, 'b'],
    [new arrow.LargeUtf8(), vectorFromArray([null, 'b'], new arrow.LargeUtf8()) as ArrowVector, 'b'],
    [cities().type, cities().slice(0, 2), 'Rome'],
    [new arrow.Null() as never, vectorFromArray([null, null], new arrow.Null()) as never, null],
  ];
  for (const [type, { data }, last] of inside) {
    const child = data[0] as never;
    const struct = new arrow.Struct([new Field('a', type, true)] as never);
    const list = new arrow.FixedSizeList(2, item(type));
    const holder = new arrow.FixedSizeList(2, item(struct as never));
    const structs = makeData({
      type: struct,
      length: 4,
      nullCount: 2,
      nullBitmap: bits(0, 1),
      children: [child],
    } as never);
    const shorter = makeData({ type: struct, length: 2, nullCount: 0, children: [child] } as never);
    const lists = makeData({ type: list, length: 3, nullCount: 2, nullBitmap: bits(0), child } as never);
    const nested = makeData({
      type: holder,
      length: 2,
      nullCount: 1,
      nullBitmap: bits(0),
      child: shorter,
    } as never);
    for (const chunk of [structs, lists, nested]) {
      const column = new Vector([chunk]) as ArrowVector;
      const table = tableOf({ x: column });
      const back = comesBack(table).reader.load() as ArrowTable;
      assert.ok(JSON.stringify(plainRows(back)).includes(JSON.stringify(last)));
      comesBack(back.slice(1));
    }
    // Rows that are there may not be missing below.
    const torn = makeData({
      type: struct,
      length: 4,
      nullCount: 1,
      nullBitmap: bits(0, 1, 2),
      children: [child],
    } as never);
    assert.throws(() => keep(new Vector([torn])), /has too few rows/);
  }
});
