import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packsToJoin } from './geometry.ts';

const cases: readonly (readonly [weights: readonly number[], joined: number])[] = [
  [[], 0],
  [[5], 0],
  [[1, 2, 4, 8], 0],
  [[1, 1], 2],
  [[1, 1, 1, 8], 3],
  [[1, 1, 2, 100], 3],
  [[3, 3, 10, 40], 3],
  [[1, 10, 11, 100], 3],
];
for (const [weights, joined] of cases) {
  test(`of packs that weigh ${weights.join(', ') || 'nothing'}, ${joined} are joined`, () => {
    assert.equal(packsToJoin(weights), joined);
  });
}

test('what is left after a join is geometric', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 40 }), (weights) => {
      const sorted = weights.toSorted((a, b) => a - b);
      const joined = packsToJoin(sorted);
      const rest = sorted.slice(joined);
      const sum = sorted.slice(0, joined).reduce((total, weight) => total + weight, 0);
      const after = joined > 0 ? [sum, ...rest] : rest;
      assert.ok(
        after.every((weight, at) => at === 0 || weight >= 2 * (after[at - 1] ?? 0)),
        `${after}`,
      );
      assert.notEqual(joined, 1);
    }),
  );
});

test('packs stay few, and nothing is copied often, when runs come one by one', () => {
  const runs = 4096;
  let packs: number[] = [];
  let copied = 0;
  let most = 0;
  for (let run = 0; run < runs; run += 1) {
    packs = [1, ...packs].sort((a, b) => a - b);
    const joined = packsToJoin(packs);
    if (joined <= 16) continue;
    const sum = packs.slice(0, joined).reduce((total, weight) => total + weight, 0);
    copied += sum;
    packs = [...packs.slice(joined), sum].sort((a, b) => a - b);
    most = Math.max(most, packs.length);
  }
  assert.ok(most <= 16 + Math.log2(runs), `${most} packs`);
  assert.ok(copied / runs <= Math.log2(runs), `each was copied ${copied / runs} times`);
});
