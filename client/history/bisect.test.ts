import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { turnOf } from './bisect.ts';

test('runs that are undecided are passed over', () => {
  const values = [1, 9, undefined, undefined, 9];
  const items = values.map((value, index) => ({ value, index }));
  const turn = turnOf(items, ({ value }) => (value === undefined ? undefined : value > 3));
  assert.deepEqual([turn.before.index, turn.first.index, turn.skipped], [0, 1, []]);
});

test('when the runs before the first are undecided, all that it may be are named', () => {
  const items = [false, undefined, undefined, true, true];
  const turn = turnOf([0, 1, 2, 3, 4], (index) => items[index]);
  assert.deepEqual({ ...turn, judged: 0 }, { before: 0, first: 3, skipped: [1, 2], judged: 0 });
});

test('of a condition that turns once, it finds where, whatever is undecided, in few looks', () => {
  const list = fc.record({
    good: fc.nat({ max: 60 }),
    bad: fc.nat({ max: 60 }),
    undecided: fc.array(fc.nat({ max: 130 }), { maxLength: 40 }),
  });
  fc.assert(
    fc.property(list, ({ good, bad, undecided }) => {
      const truths = [...Array(good + 1).fill(false), ...Array(bad + 1).fill(true)] as boolean[];
      const last = truths.length - 1;
      const lacking = new Set(undecided.filter((index) => index > 0 && index < last));
      const turn = turnOf([...truths.keys()], (index) => (lacking.has(index) ? undefined : truths[index]));
      const known = [...truths.keys()].filter((index) => !lacking.has(index));
      assert.equal(
        turn.first,
        known.find((index) => truths[index]),
      );
      assert.equal(
        turn.before,
        known.findLast((index) => !truths[index]),
      );
      assert.ok(turn.skipped.every((index) => lacking.has(index)));
      assert.ok(turn.judged <= Math.ceil(Math.log2(truths.length)) + lacking.size + 1);
    }),
  );
});
