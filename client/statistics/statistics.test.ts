import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { countInBins, histogramEdges } from './histogram.ts';
import { quantile } from './quantile.ts';

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
