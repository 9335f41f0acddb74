import assert from 'node:assert/strict';
import test from 'node:test';
import { tableFromArrays, vectorFromArray } from 'apache-arrow';
import { paper } from '../rig/paper.ts';
import { layOut as laidOut, oneLine } from './preview.ts';

const layOut = (...given: Parameters<typeof laidOut>): string => String(laidOut(...given));

const holder: Record<string, unknown> = { name: 'c' };
holder.self = holder;

const PAGES: readonly (readonly [name: string, value: unknown, page: string])[] = [
  ['an object', { lr: 0.1, layers: [1, 2] }, '{ lr: 0.1, layers: [ 1, 2 ] }'],
  [
    'what inspect would take apart',
    [new URL('http://a.b/'), vectorFromArray([1, 2])],
    '[ URL http://a.b/, [ 1, 2 ] ]',
  ],
  ['a table within', { t: tableFromArrays({ a: [1], b: [2] }) }, '{ t: Table 1x2 }'],
  ['a cycle', holder, "<ref *1> { name: 'c', self: [Circular *1] }"],
  ['holes', [1, , 3], '[ 1, <1 empty item>, 3 ]'],
  ['control bytes in keys and texts', { 'a\x1b[2J': '\x07' }, "{ 'a\\x1B[2J': '\\x07' }"],
];

for (const [name, value, page] of PAGES) {
  test(`laid out: ${name}`, () => {
    assert.equal(layOut(value, paper()), page);
  });
}

test('a long list is abridged and says how long it is', () => {
  const list = Array.from({ length: 5000 }, (_, index) => ({ index }));
  const lines = layOut(list, paper()).split('\n');
  assert.equal(lines.at(-2), '  ... 4900 more items');
  assert.equal(
    layOut(vectorFromArray(Float64Array.from({ length: 5000 })), paper())
      .split('\n')
      .at(-2)
      ?.trim(),
    '... 4900 more items',
  );
});

test('an error shows the user where it came from, not our own frames', () => {
  const error = new RangeError('bad', { cause: new Error('inner') });
  error.stack = 'RangeError: bad\n    at f (/home/me/flow.ts:3:1)\n    at node:internal/x:1:2';
  const page = layOut(error, paper());
  assert.match(
    page,
    /^RangeError: bad\n {4}at f \(\/home\/me\/flow.ts:3:1\) \{\n {2}\[cause\]: \[Error: inner\]\n\}$/,
  );
  assert.doesNotMatch(page, /node:internal/);
});

test('the terminal escapes of an error message stay outside', () => {
  const error = new Error('a\x1b]0;x\x07');
  error.stack = `Error: ${error.message}`;
  assert.equal(layOut(error, paper()), '[Error: a\\x1b]0;x\\x07]');
});

test('one line, whatever the value', () => {
  assert.equal(oneLine({ a: [1, { b: new Map([['k', 1]]) }] }), "{ a: [ 1, { b: Map(1) { 'k' => 1 } } ] }");
  assert.equal(oneLine('x'.repeat(500), 20).length <= 60, true);
  assert.doesNotMatch(oneLine(new Error('a\nb')), /\n/);
});

test('of a value no more is touched than is shown', () => {
  let touched = 0;
  const get = (index: number): number => {
    touched += 1;
    return index;
  };
  const vector = { length: 1e8, get, getChild: () => null };
  assert.match(layOut([vector, vector], paper()), /99999900 more items/);
  assert.ok(touched <= 200, `${touched} touched`);
});

const WIDE: readonly (readonly [name: string, value: () => unknown, seen: RegExp])[] = [
  [
    'an object of many fields',
    () => Object.fromEntries(numbers(1e5).map((n) => [`k${n}`, n])),
    /99900 more fields/,
  ],
  ['a map', () => new Map(numbers(1e5).map((n) => [n, n])), /99900 more items/],
  ['a set', () => new Set(numbers(1e5)), /99900 more items/],
  ['lists of lists of lists', () => nested(6), /\[Array\]/],
  ['a string of 40 MB', () => 'é'.repeat(2e7), /19990000 more characters/],
];

for (const [name, value, seen] of WIDE) {
  test(`${name} is a page`, () => {
    const page = layOut(value(), paper());
    assert.match(page, seen);
    assert.ok(page.length < 500_000, `${page.length} characters`);
    assert.ok(oneLine(value()).length < 300);
  });
}

const numbers = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** A hundred times the same list of a hundred times the same list: written out, more than a disk holds. */
function nested(levels: number): unknown {
  let list: unknown = 0;
  for (let level = 0; level < levels; level += 1) list = new Array(100).fill(list);
  return list;
}
