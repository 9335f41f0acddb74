import assert from 'node:assert/strict';
import test from 'node:test';
import { tsvLine } from './tsv.ts';
import { ago, bytes, duration, listing, localTimeExact, plural, seconds } from './words.ts';
import { wrap } from './wrap.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;

const DURATIONS: readonly (readonly [milliseconds: number, text: string])[] = [
  [-5, '0 ms'],
  [0.4, '0 ms'],
  [999, '999 ms'],
  [1000, '1.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 00 s'],
  [3 * MIN + 5000, '3 min 05 s'],
  [2 * HOUR + 7 * MIN, '2 h 07 min'],
  [47 * HOUR + 59 * MIN, '47 h 59 min'],
  [3 * DAY + 2 * HOUR, '3 d 02 h'],
];

for (const [milliseconds, text] of DURATIONS) {
  test(`${milliseconds} ms are told as ${text}`, () => {
    assert.equal(duration(milliseconds), text);
  });
}

const SIZES: readonly (readonly [count: number, text: string])[] = [
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9949, '9.9 kB'],
  [9950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [5e15, '5000 TB'],
];

for (const [count, text] of SIZES) {
  test(`${count} bytes are told as ${text}`, () => {
    assert.equal(bytes(count), text);
  });
}

test('how long ago, in one unit', () => {
  assert.deepEqual([-1, 59_999, MIN, HOUR - 1, HOUR, DAY, 400 * DAY].map(ago), [
    '0 s ago',
    '59 s ago',
    '1 min ago',
    '59 min ago',
    '1 h ago',
    '1 d ago',
    '400 d ago',
  ]);
});

test('a time is told in local time with milliseconds', () => {
  const time = new Date(2026, 10, 22, 10, 47, 55, 6).getTime();
  assert.equal(localTimeExact(time), '2026-11-22 10:47:55.006');
});

test('a tab or a line break does not break a line of values', () => {
  assert.equal(tsvLine(['a\tb', 'c\nd', 'e\rf', '']), 'a\\tb\tc\\nd\te\\rf\t\n');
});

test('texts are broken between words, and a long word stays whole', () => {
  assert.deepEqual(wrap('the quick brown fox', 9), ['the quick', 'brown fox']);
  assert.deepEqual(wrap('a incomprehensibility b', 5), ['a', 'incomprehensibility', 'b']);
  assert.deepEqual(wrap('one\n\ntwo', 9), ['one', '', 'two']);
  assert.deepEqual(wrap('日本 日本', 5), ['日本', '日本']);
});

test('counts, lists and seconds', () => {
  assert.equal(plural(1, 'task'), '1 task');
  assert.equal(plural(0, 'task'), '0 tasks');
  assert.equal(listing([]), 'none');
  assert.equal(listing(['a', 'b', 'c'], 2), 'a, b and 1 more');
  assert.equal(listing(['a', 'b', 'c'], 2, 1_000_000), 'a, b and 999998 more');
  assert.equal(seconds(1234.5), '1.234');
});
