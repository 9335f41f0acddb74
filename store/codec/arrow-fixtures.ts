import { type Arrow, type ArrowType, type ArrowVector, loadArrow } from './arrow.ts';

const arrow: Arrow = loadArrow();
const { Field, Vector, vectorFromArray } = arrow;

const field = (type: ArrowType) => new Field('item', type, true);
const every = <T>(value: (index: number) => T): (T | null)[] =>
  Array.from({ length: 40 }, (_, i) => (i % 5 === 3 ? null : value(i)));

/** A vector of each type, with nulls, and the name of the type in value.json. */
export const VECTORS: readonly [string, ArrowVector][] = [
  ['null', vectorFromArray([null, null], new arrow.Null())],
  [
    'int',
    vectorFromArray(
      every((i) => i - 5),
      new arrow.Int16(),
    ),
  ],
  [
    'int',
    vectorFromArray(
      every((i) => BigInt(i) << 40n),
      new arrow.Uint64(),
    ),
  ],
  [
    'floatingpoint',
    vectorFromArray(
      every((i) => i / 8),
      new arrow.Float16(),
    ),
  ],
  [
    'floatingpoint',
    vectorFromArray(
      every((i) => (i === 2 ? -0 : i === 4 ? Number.NaN : i / 3)),
      new arrow.Float64(),
    ),
  ],
  [
    'bool',
    vectorFromArray(
      every((i) => i % 3 === 0),
      new arrow.Bool(),
    ),
  ],
  [
    'utf8',
    vectorFromArray(
      every((i) => 'ü'.repeat(i % 4)),
      new arrow.Utf8(),
    ),
  ],
  [
    'largeutf8',
    vectorFromArray(
      every((i) => `s${i}`),
      new arrow.LargeUtf8(),
    ),
  ],
  [
    'utf8view',
    vectorFromArray(
      every((i) => `a text of some length ${i}`.slice(i % 20)),
      new arrow.Utf8View(),
    ),
  ],
  [
    'binary',
    vectorFromArray(
      every((i) => Uint8Array.of(i, 1)),
      new arrow.Binary(),
    ),
  ],
  [
    'largebinary',
    vectorFromArray(
      every((i) => Uint8Array.of(i, 1)),
      new arrow.LargeBinary(),
    ),
  ],
  [
    'binaryview',
    vectorFromArray(
      every((i) => new Uint8Array(i).fill(i)),
      new arrow.BinaryView(),
    ),
  ],
  [
    'fixedsizebinary',
    vectorFromArray(
      every((i) => Uint8Array.of(i, 1, 2)),
      new arrow.FixedSizeBinary(3),
    ),
  ],
  [
    'decimal',
    vectorFromArray(
      every((i) => Uint32Array.of(i, 0, 0, 0)),
      new arrow.Decimal(2, 12, 128),
    ),
  ],
  [
    'date',
    vectorFromArray(
      every((i) => new Date(i * 864e5)),
      new arrow.DateDay(),
    ),
  ],
  [
    'date',
    vectorFromArray(
      every((i) => new Date(i)),
      new arrow.DateMillisecond(),
    ),
  ],
  [
    'time',
    vectorFromArray(
      every((i) => BigInt(i)),
      new arrow.TimeNanosecond(),
    ),
  ],
  [
    'timestamp',
    vectorFromArray(
      every((i) => i * 1000),
      new arrow.TimestampMillisecond('Europe/Berlin'),
    ),
  ],
  [
    'interval',
    vectorFromArray(
      every((i) => Int32Array.of(i, 2)),
      new arrow.IntervalDayTime(),
    ),
  ],
  [
    'duration',
    vectorFromArray(
      every((i) => BigInt(i)),
      new arrow.DurationMicrosecond(),
    ),
  ],
  [
    'list',
    vectorFromArray(
      every((i) => [i, null, i * 2].slice(i % 3)),
      new arrow.List(field(new arrow.Int32())),
    ),
  ],
  [
    'list',
    vectorFromArray(
      every((i) => [`${i}`, 'x']),
      new arrow.List(field(new arrow.Utf8())),
    ),
  ],
  [
    'fixedsizelist',
    vectorFromArray(
      every((i) => [i, -i]),
      new arrow.FixedSizeList(2, field(new arrow.Float32())),
    ),
  ],
  [
    'struct',
    vectorFromArray(
      every((i) => ({ a: i, b: i % 2 ? null : 'b' })),
      structType(),
    ),
  ],
  [
    'map',
    vectorFromArray(
      every((i) => new Map([[`k${i}`, i]])),
      mapType(),
    ),
  ],
  [
    'utf8',
    vectorFromArray(
      every((i) => 'abc'[i % 3]),
      new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()),
    ),
  ],
  [
    'list',
    vectorFromArray(
      every((i) => ['a', 'bc'[i % 2]]),
      new arrow.List(field(new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()))),
    ),
  ],
  ['union', union(arrow.UnionMode.Sparse)],
  ['union', union(arrow.UnionMode.Dense)],
];

function structType() {
  return new arrow.Struct([
    new Field('a', new arrow.Int32(), true),
    new Field('b', new arrow.Utf8(), true),
  ] as never);
}

function mapType() {
  const entries = new arrow.Struct([
    new Field('key', new arrow.Utf8()),
    new Field('value', new arrow.Int32(), true),
  ] as never);
  return new arrow.Map_(new Field('entries', entries) as never);
}

function union(mode: number): ArrowVector {
  const children = [new Field('n', new arrow.Int32(), true), new Field('s', new arrow.Utf8(), true)];
  const type = new arrow.Union(mode, [0, 1], children as never);
  const dense = mode === arrow.UnionMode.Dense;
  const numbers = vectorFromArray(dense ? [1, 2] : [1, null, 2, null], new arrow.Int32()).data[0];
  const texts = vectorFromArray(dense ? ['a', 'b'] : [null, 'a', null, 'b'], new arrow.Utf8()).data[0];
  const offsets = dense ? Int32Array.of(0, 0, 1, 1) : undefined;
  const buffers = [offsets, undefined, undefined, Int8Array.of(0, 1, 0, 1)];
  return new Vector([
    new arrow.Data(type, 0, 4, 0, buffers as never, [numbers, texts] as never),
  ]) as ArrowVector;
}
