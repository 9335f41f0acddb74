import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { countInBins, histogramEdges } from './histogram.ts';
import { quantile } from './quantile.ts';
import { normalQuantile, normalTail, studentQuantile, studentTail } from './special.ts';
import * as statistics from './statistics.ts';

interface Case {
  readonly a: number[];
  readonly b: number[];
  readonly mean: number;
  readonly sd: number;
  readonly quantiles: number[];
  readonly welch: [t: number, p: number];
  readonly mannWhitney: [u: number, p: number];
  readonly kolmogorovSmirnov: [d: number, p: number];
  readonly spearman: [rho: number, p: number];
  readonly ewma: number[];
  readonly bootstrap: [number, number];
  readonly bins: number[];
}

// Made by figures-of-scipy.py.
const figures: {
  readonly cases: Readonly<Record<string, Case>>;
  readonly normalTail: [number, number][];
  readonly normalQuantile: [number, number][];
  readonly studentTail: [number, number, number][];
  readonly studentQuantile: [number, number, number][];
} = JSON.parse(readFileSync(join(import.meta.dirname, 'scipy.json'), 'utf8'));

function near(got: number, wanted: number, tolerance = 1e-9): void {
  const distance = Math.abs(got - wanted);
  assert.ok(
    distance <= tolerance * Math.abs(wanted) + 1e-300 || got === wanted,
    `${got} instead of ${wanted}`,
  );
}

for (const [name, one] of Object.entries(figures.cases))
  test(`the figures of SciPy: ${name}`, () => {
    const { a, b } = one;
    const { mean, sd } = statistics.summary(b);
    near(mean, one.mean);
    near(sd, one.sd);
    [0, 0.1, 0.25, 0.5, 0.75, 0.99, 1].forEach((p, i) => {
      near(statistics.quantile(b, p), one.quantiles[i] as number);
    });
    const { welch, mannWhitney, kolmogorovSmirnov } = statistics.compare(a, b);
    near(welch.t, one.welch[0]);
    near(welch.p, one.welch[1]);
    near(mannWhitney.u, one.mannWhitney[0]);
    near(mannWhitney.p, one.mannWhitney[1]);
    near(kolmogorovSmirnov.d, one.kolmogorovSmirnov[0]);
    near(kolmogorovSmirnov.p, one.kolmogorovSmirnov[1]);
    const size = Math.min(a.length, b.length);
    const spearman = statistics.spearman(a.slice(0, size), b.slice(0, size));
    near(spearman.rho, one.spearman[0]);
    near(spearman.p, one.spearman[1]);
    for (const [i, value] of statistics.ewma(b.slice(0, 20), 0.3).entries())
      near(value, one.ewma[i] as number);
    assert.deepEqual(statistics.histogram(b, { bins: 9 }).counts, one.bins);
    // Other random numbers: the ends agree to a part of the width.
    const { interval } = statistics.bootstrap(b, { resamples: 4000 });
    const wide = one.bootstrap[1] - one.bootstrap[0];
    for (const i of [0, 1] as const)
      assert.ok(
        Math.abs(interval[i] - one.bootstrap[i]) < wide * 0.08,
        `${interval} instead of ${one.bootstrap}`,
      );
  });

test('the tails of distributions, as SciPy has them', () => {
  for (const [z, p] of figures.normalTail) near(normalTail(z), p, 1e-12);
  for (const [p, z] of figures.normalQuantile) near(normalQuantile(p), z, 1e-10);
  for (const [t, freedom, p] of figures.studentTail) near(studentTail(t, freedom), p, 1e-10);
  for (const [p, freedom, t] of figures.studentQuantile) near(studentQuantile(p, freedom), t, 1e-10);
});

test('what is missing is passed over, and too little gives NaN', () => {
  const holes = [1, null, 2n, Number.NaN, undefined, 3, Number.POSITIVE_INFINITY];
  assert.deepEqual(statistics.summary(holes), {
    count: 3,
    missing: 4,
    mean: 2,
    sd: 1,
    min: 1,
    q1: 1.5,
    median: 2,
    q3: 2.5,
    max: 3,
  });
  assert.deepEqual([...statistics.ewma([1, null, 3], 0.5)], [1, Number.NaN, 1 + 2 / 1.5]);
  assert.deepEqual(statistics.ecdf([2, 1, 2, null]), {
    x: Float64Array.of(1, 2),
    y: Float64Array.of(1 / 3, 1),
  });
  assert.equal(statistics.spearman([1, 2, null, 4, 5], [2, 4, 6, null, 10]).count, 3);
  assert.equal(statistics.summary(vectorFromArray([1, null, 3])).count, 2);
  assert.deepEqual(statistics.bootstrap([5, 5, 5]), { estimate: 5, interval: [5, 5] });
  for (const few of [[], [1]]) {
    assert.ok(Number.isNaN(statistics.welch(few, [1, 2]).p));
    assert.ok(Number.isNaN(statistics.summary(few).sd));
    assert.ok(Number.isNaN(statistics.bootstrap(few).interval[0]));
  }
  assert.ok(Number.isNaN(statistics.mannWhitney([], [1]).p));
  assert.ok(Number.isNaN(statistics.welch([1, 1], [1, 1]).t));
  assert.equal(statistics.summary([Number.MAX_VALUE, Number.MAX_VALUE]).mean, Number.MAX_VALUE);
});

test('samples of the same numbers do not differ, and tests do not depend on the order of numbers or sides', () => {
  const numbers = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const [one, other] = [statistics.compare(a, b), statistics.compare(b, a.toReversed())];
      near(one.mannWhitney.p, other.mannWhitney.p);
      near(one.kolmogorovSmirnov.p, other.kolmogorovSmirnov.p, 1e-9);
      near(one.delta, -other.delta);
      assert.ok(one.kolmogorovSmirnov.p >= 0 && one.kolmogorovSmirnov.p <= 1 + 1e-12);
      assert.equal(statistics.compare(a, a).kolmogorovSmirnov.p, 1);
      assert.equal(statistics.compare(a, a).delta, 0);
    }),
  );
});

test('options that make no sense are told', () => {
  assert.throws(() => statistics.ewma([1], 0), { code: 'ArgumentError' });
  assert.throws(() => statistics.histogram([1], { bins: 0.5 }), { code: 'ArgumentError' });
  assert.throws(() => statistics.bootstrap([1, 2], { level: 95 }), { code: 'ArgumentError' });
  assert.throws(() => statistics.bootstrap([1, 2], { resamples: 1 }), { code: 'ArgumentError' });
});

test('quantiles lie between their neighbours, as type 7 says', () => {
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
  assert.equal(quantile([1, 2, 3, 4], 0.25), 1.75);
  assert.ok(Number.isNaN(quantile([], 0.5)));
  assert.equal(quantile([-Number.MAX_VALUE, Number.MAX_VALUE], 0.5), 0);
});

test('each value falls into one bin, the one whose edges are around it', () => {
  const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
  fc.assert(
    fc.property(numbers, fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }), (values, bins) => {
      const sorted = Float64Array.from(values).sort();
      const edges = histogramEdges(sorted, bins);
      const counts = countInBins(sorted, edges);
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        values.length,
      );
      if (bins !== undefined) assert.equal(counts.length, bins);
      assert.ok(edges.every((edge, i) => i === 0 || edge >= (edges[i - 1] as number)));
    }),
  );
  assert.deepEqual(countInBins([0, 1, 1, 2], [0, 1, 2]), [1, 3]);
});
