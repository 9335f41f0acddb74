import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { closest, editDistance } from './closest.ts';

test('finds what was probably meant', () => {
  assert.equal(closest('jion', ['start', 'join', 'end']), 'join');
  assert.equal(closest('ForeachFow', ['ForeachFlow', 'BranchFlow']), 'ForeachFlow');
  assert.equal(closest('RESULTS', ['results']), 'results');
  assert.equal(closest('lost', ['loss', 'last', 'list']), 'loss');
});

test('does not guess when nothing is near', () => {
  assert.equal(closest('results', ['titles', 'title']), undefined);
  assert.equal(closest('x', ['y']), undefined);
  assert.equal(closest('lr', ['mom']), undefined);
  assert.equal(closest('join', []), undefined);
});

test('the distance is a metric that counts a swap as one edit', () => {
  assert.equal(editDistance('jion', 'join'), 1);
  const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
  fc.assert(
    fc.property(words, words, (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.equal(distance === 0, a === b);
      assert.ok(distance <= Math.max(a.length, b.length));
      for (const limit of [0, 1, 2]) assert.equal(editDistance(a, b, limit) <= limit, distance <= limit);
    }),
  );
});
