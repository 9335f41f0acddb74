import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Distinct, joinMarks, markOfNumber, markOfText } from './distinct.ts';
import { surveyOf } from './survey.ts';

/** Whether objects with these marks are all different, as {@link Distinct} finds out. */
function areDistinct(objects: readonly object[], markOf: (index: number) => number): boolean {
  const distinct = new Distinct();
  return objects.every((object, i) => distinct.add(object, markOf(i))) && distinct.settle();
}

const MARKS: Record<string, (index: number) => number> = {
  'all marks differ': (i) => i,
  'all marks differ in high bits only': (i) => i << 16,
  'all marks are the same': () => 5,
  'all marks are 0': () => 0,
  'many marks are the same': (i) => i % 7,
};

for (const [what, markOf] of Object.entries(MARKS)) {
  for (const count of [0, 1, 2, 4095, 4096, 4097, 30_000]) {
    test(`${count} objects, ${what}`, () => {
      const objects = Array.from({ length: count }, () => ({}));
      assert.equal(areDistinct(objects, markOf), true);
      if (count < 2) return;
      for (const [at, of] of [
        [count - 1, 0],
        [count >> 1, (count >> 1) - 1],
        [count - 1, count - 2],
      ] as const) {
        const twice = objects.slice();
        twice[at] = objects[of] as object;
        const mark = (i: number) => markOf(i === at ? of : i);
        assert.equal(areDistinct(twice, mark), false);
      }
    });
  }
}

test('equal content has equal marks', () => {
  fc.assert(
    fc.property(fc.string(), fc.double(), fc.integer(), (text, number, before) => {
      assert.equal(markOfText(`${text}`), markOfText(text));
      assert.equal(markOfNumber(number), markOfNumber(number));
      assert.equal(joinMarks(before, markOfNumber(number)) | 0, joinMarks(before, markOfNumber(number)));
    }),
  );
});

test('one list in two of many records is found, wherever they are', () => {
  const records = Array.from({ length: 20_000 }, (_, i) => ({ id: i, tags: ['a', 'b'] }));
  assert.equal(surveyOf(records).kind, 'json');
  for (const [a, b] of [
    [0, 1],
    [0, 19_999],
    [5000, 5001],
    [19_998, 19_999],
  ] as const) {
    const shared = records.map((record) => ({ ...record, tags: record.tags.slice() }));
    const [one, other] = [shared[a], shared[b]];
    assert.ok(one && other);
    other.tags = one.tags;
    assert.equal(surveyOf(shared).kind, 'other');
  }
});

test('what is reached by very many ways is found to be shared soon', () => {
  let node: unknown[] = [];
  for (let i = 0; i < 100; i++) node = [node, node];
  assert.equal(surveyOf(node).kind, 'other');
});
