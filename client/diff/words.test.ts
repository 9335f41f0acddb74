import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { changedWords } from './words.ts';

test('the words that differ are marked', () => {
  const { a, b } = changedWords('const lr = 0.1; // rate', 'const lr = 0.25; // rate');
  const marked = (words: typeof a) => words.filter(({ isChanged }) => isChanged).map(({ text }) => text);
  assert.deepEqual([marked(a), marked(b)], [['1'], ['25']]);
});

test('lines with little in common are not marked', () => {
  const { a } = changedWords('one two three', 'completely other words stand here');
  assert.deepEqual(a, [{ text: 'one two three', isChanged: false }]);
});

test('the words of a line are the line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (x, y) => {
      const { a, b } = changedWords(x, y);
      assert.deepEqual(
        [a, b].map((words) => words.map(({ text }) => text).join('')),
        [x, y],
      );
    }),
  );
});
