import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keep } from './fixtures.ts';

/** Everything a foreach would see. */
function elements(value: unknown): unknown[] | undefined {
  const { reader } = keep(value);
  const { length } = reader;
  return length === undefined ? undefined : Array.from({ length }, (_, index) => reader.element(index));
}

const shared = { s: 1 };
const big = <T>(make: (index: number) => T): T[] => Array.from({ length: 5000 }, (_, index) => make(index));

const LISTS: Record<string, { value: unknown; expected: unknown[] }> = {
  'small JSON': list([1, 'a', { b: 2 }]),
  'a string by code points': { value: 'aé🐂', expected: ['a', 'é', '🐂'] },
  'a long string by code points': { value: '🐂'.repeat(50_000), expected: new Array(50_000).fill('🐂') },
  'odd values': list([undefined, -0, 2n, new Date(3), new Map([[1, 2]])]),
  'shared objects': list([shared, [shared], new Set([shared])]),
  'an array with properties': {
    value: Object.assign(['a', undefined], { x: 1 }),
    expected: ['a', undefined],
  },
  'many records': list(big((i) => ({ i, text: 'ü' }))),
  'many records with dates': list(big((i) => ({ i, at: new Date(i) }))),
  'many records that share': list(big((i) => ({ i, shared, at: new Date(i) }))),
  'many numbers': list(big((i) => i / 2 - 100)),
  'many numbers as few bytes': { value: Int16Array.of(1, -2), expected: [1, -2] },
  'a typed array': { value: new Float32Array(5000).map((_, i) => i), expected: big((i) => i) },
  'large integers': { value: BigInt64Array.from(big((i) => BigInt(i))), expected: big((i) => BigInt(i)) },
  'a Buffer': { value: Buffer.alloc(5000, 7), expected: new Array(5000).fill(7) },
  'a Set': { value: new Set(['a', [1]]), expected: ['a', [1]] },
  'a Map': {
    value: new Map<unknown, unknown>([
      ['a', 1],
      [{ k: 1 }, [2]],
    ]),
    expected: [
      ['a', 1],
      [{ k: 1 }, [2]],
    ],
  },
  nothing: list([]),
};

function list(value: unknown[]) {
  return { value, expected: value };
}

describe('a foreach sees the elements of', () => {
  for (const [name, { value, expected }] of Object.entries(LISTS))
    test(name, () => assert.deepEqual(elements(value), expected));

  test('a list with holes', () => {
    const value = Object.assign([], { 1: 'b', 4: new Date(1), length: 6 });
    assert.deepEqual(elements(value), [undefined, 'b', undefined, undefined, new Date(1), undefined]);
  });

  test('a list that holds itself', () => {
    const value: unknown[] = ['a'];
    value.push({ value });
    const [first, second] = elements(value) as [string, { value: unknown[] }];
    assert.equal(first, 'a');
    assert.equal((second.value[1] as { value: unknown }).value, second.value);
  });

  test('views that share a buffer', () => {
    const buffer = Uint16Array.of(1, 2, 3, 4).buffer;
    assert.deepEqual(elements([new Uint16Array(buffer, 2, 2), new Uint16Array(buffer)]), [
      Uint16Array.of(2, 3),
      Uint16Array.of(1, 2, 3, 4),
    ]);
  });
});

describe('no foreach goes through', () => {
  for (const value of [
    1,
    null,
    undefined,
    { a: 1 },
    { length: 3 },
    new Date(),
    new ArrayBuffer(5),
    new DataView(new ArrayBuffer(2)),
    { $Set: [undefined], x: 1 },
  ]) {
    test(JSON.stringify(value) ?? 'undefined', () => {
      const { reader } = keep(value);
      assert.equal(reader.length, undefined);
      assert.throws(() => reader.element(0), RangeError);
    });
  }
});

describe('element', () => {
  test('refuses an index that is not there', () => {
    const { reader } = keep(['a']);
    for (const index of [-1, 1, 0.5, Number.NaN])
      assert.throws(() => reader.element(index), /has no element/);
  });

  test('reads only the chunk it lies in', () => {
    const { objects, reader } = keep(new Float64Array(1_000_000).map(() => Math.random()));
    assert.equal(reader.length, 1_000_000);
    objects.reads.length = 0;
    reader.element(999_999);
    const bytes = objects.reads.reduce((sum, id) => sum + (objects.objects.get(id)?.body.length ?? 0), 0);
    assert.ok(bytes < 1_100_000, `${bytes} bytes were read`);
  });

  test('reads only the chunk a row of large JSON lies in', () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => ({
      i,
      text: `some text about number ${i}, ${Math.random()}`,
    }));
    const { objects, reader } = keep(rows);
    assert.deepEqual(reader.element(49_999), rows[49_999]);
    objects.reads.length = 0;
    assert.deepEqual(reader.element(25_000), rows[25_000]);
    assert.ok(objects.reads.length <= 2);
  });

  test('is nobody else’s', () => {
    const { reader } = keep([{ a: 1 }, { b: [undefined] }]);
    (reader.element(0) as { a: number }).a = 2;
    assert.deepEqual(reader.element(0), { a: 1 });
  });
});
