import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compareArrays, statsOf } from './arrays.ts';

test('changes, the largest first, and what the arrays are like', () => {
  const { detail } = compareArrays([1, 2, 3, Number.NaN], [1, 2.5, 1, Number.NaN, 7]);
  assert.deepEqual(detail, {
    length: [4, 5],
    changed: 3,
    maxAbs: 2,
    meanAbs: 2.5 / 3,
    first: 1,
    a: { min: 1, max: 3, mean: 2, std: Math.sqrt(2 / 3), nan: 1, p50: 2 },
    b: { min: 1, max: 7, mean: 2.875, std: Math.sqrt(6.046875), nan: 1, p50: 1.75 },
    top: [
      { index: 2, a: 3, b: 1 },
      { index: 1, a: 2, b: 2.5 },
    ],
    quantiles: {
      a: { p05: 1.1, p25: 1.5, p75: 2.5, p95: 2.9 },
      b: { p05: 1, p25: 1, p75: 3.625, p95: 6.324999999999998 },
    },
  });
});

test('deviations and medians of the largest and the smallest numbers', () => {
  assert.equal(statsOf([1e308, -1e308]).std, 1e308);
  assert.equal(statsOf([1e308, 1.5e308]).p50, 1.25e308);
  assert.equal(statsOf([5e-324, 1e-323, 1.5e-323, 2e-323]).p50, 1e-323);
  assert.deepEqual(statsOf([Number.NEGATIVE_INFINITY, 1, 2]).p50, 1);
});

test('NaN equals NaN, −0 is not 0, and infinities are told', () => {
  assert.equal(compareArrays([Number.NaN], [Number.NaN]).detail.changed, 0);
  assert.equal(compareArrays([0], [-0]).detail.changed, 1);
  const { detail } = compareArrays([1, Number.POSITIVE_INFINITY], [2, 1]);
  assert.deepEqual([detail.changed, detail.maxAbs, detail.first, detail.top[0]?.index], [2, 1, 0, 1]);
  assert.deepEqual(statsOf([Number.POSITIVE_INFINITY, 1]).max, { $number: 'Infinity' });
});

test('large BigInts differ by what they differ', () => {
  const { detail } = compareArrays(BigInt64Array.of(2n ** 60n), BigInt64Array.of(2n ** 60n + 1n));
  assert.deepEqual([detail.changed, detail.maxAbs], [1, 1]);
});

test('an array without numbers has no mean', () => {
  assert.deepEqual(statsOf([]), { min: null, max: null, mean: null, std: null, nan: 0, p50: null });
  assert.equal(statsOf([Number.NaN]).nan, 1);
});

test('a mean survives numbers that cancel out, and numbers whose sum is too large', () => {
  assert.equal(statsOf([1e100, 1, -1e100, 1]).mean, 0.5);
  assert.equal(statsOf([1.5e308, 1.5e308]).mean, 1.5e308);
  assert.equal(statsOf([1e9, 1e9 + 1, 1e9 + 2]).std, Math.sqrt(2 / 3));
});

test('the median is that of the sorted numbers, and counts are the same in both directions', () => {
  const list = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(list, list, (a, b) => {
      const [there, back] = [compareArrays(a, b).detail, compareArrays(b, a).detail];
      assert.deepEqual(
        [there.changed, there.maxAbs, there.first, there.a],
        [back.changed, back.maxAbs, back.first, back.b],
      );
      assert.equal(compareArrays(a, a).detail.changed, 0);
      if (a.length === 0) return;
      const sorted = a.toSorted((x, y) => x - y);
      const middle = a.length >> 1;
      const upper = sorted[middle] as number;
      const wanted = a.length % 2 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
      assert.ok((statsOf(a).p50 as number) === wanted || Object.is(statsOf(a).p50, wanted) || wanted === 0);
    }),
  );
});
