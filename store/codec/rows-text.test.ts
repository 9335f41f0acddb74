import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ROWS, rowsText } from './rows-text.ts';

/** Checks the text of rows against one JSON.stringify for each. */
function check(list: readonly unknown[]): void {
  const texts = list.map((row) => JSON.stringify(row));
  const pieces = Array.from(rowsText(list), ({ bytes, lengths }) => ({ text: bytes.toString(), lengths }));
  const all = pieces.map(({ text }) => text).join(ROWS.between);
  assert.equal(all, texts.join(ROWS.between));
  assert.deepEqual(
    pieces.flatMap(({ lengths }) => lengths),
    texts.map((text) => Buffer.byteLength(text)),
  );
}

const many = (row: (index: number) => unknown) => Array.from({ length: 5000 }, (_, i) => row(i));

const LISTS: Record<string, readonly unknown[]> = {
  'no rows': [],
  'one row': [{ id: 1 }],
  records: many((i) => ({ id: i, name: `n${i}` })),
  'records that hold the same records': many((i) => ({
    id: i,
    children: [{ id: 1 }, { id: 2 }],
    c: [{ id: 3 }],
  })),
  'records with other characters': many((i) => ({ id: i, name: `ü${'é'.repeat(i % 9)}\ud800` })),
  'records, some of them empty': many((i) => (i % 5 === 0 ? {} : { id: i })),
  'records of which some lack the first field': many((i) => (i % 100 === 99 ? { b: 1 } : { a: 1, b: 2 })),
  'empty records': many(() => ({})),
  lists: many((i) => [i, i + 1]),
  'lists of lists': many((i) => [[i], [i]]),
  'empty lists': many(() => []),
  texts: many((i) => `a","b${i}`),
  'texts that end like a separator': many(() => '",'),
  'numbers and null': many((i) => (i % 2 ? i / 3 : null)),
  'records and lists': many((i) => (i % 2 ? { id: i } : [i])),
  'long rows after short ones': [...many((i) => ({ i })), ...many((i) => ({ i, text: 'x'.repeat(3000) }))],
};
for (const [what, list] of Object.entries(LISTS)) test(`the text of rows: ${what}`, () => check(list));

test('the text of rows: a key that looks like the end of a row', () => {
  const key = ':1},{';
  check(many(() => ({ [key]: 0, 'foo},{': 1 })));
  check(many(() => ({ a: '},{"a":', b: '},{"a":' })));
  check(many(() => ({ ['__proto__']: 1, a: [{ ['__proto__']: 2 }] })));
});

// As V8 does for a string of half a gigabyte.
const tooLong = () => {
  throw new RangeError('Invalid string length');
};

test('rows that together are too long for a string are taken fewer at a time', () => {
  for (const fine of [0, 15, 16, 3000]) {
    let left = fine;
    const value = (i: number) => (left-- === 0 ? tooLong() : i);
    const list = many((i) => Object.defineProperty({}, 'a', { enumerable: true, get: () => value(i) }));
    const text = Array.from(rowsText(list), ({ bytes }) => bytes.toString()).join(ROWS.between);
    assert.equal(text, many((i) => `{"a":${i}}`).join(ROWS.between));
  }
});

test('a row that is too long for a string is an error', () => {
  const row = Object.defineProperty({}, 'a', { enumerable: true, get: tooLong });
  assert.throws(() => [...rowsText(many((i) => (i === 2000 ? row : { a: i })))], RangeError);
});

test('the text of rows: any', () => {
  const key = fc.oneof(fc.constantFrom('a', 'b', '},{"a":', ':1},{', '"'), fc.string());
  const leaf = fc.oneof(fc.integer(), fc.constantFrom('},{"a":', '],[', '",'), fc.string({ unit: 'binary' }));
  const row = fc.oneof(
    leaf,
    fc.array(fc.array(leaf, { maxLength: 2 }), { maxLength: 3 }),
    fc.dictionary(key, fc.oneof(leaf, fc.array(fc.dictionary(key, leaf), { maxLength: 3 })), { maxKeys: 3 }),
  );
  fc.assert(fc.property(fc.array(row, { maxLength: 60 }), check));
  const record = fc.record({ a: leaf, b: fc.array(fc.record({ a: leaf }), { maxLength: 2 }) });
  fc.assert(fc.property(fc.array(record, { maxLength: 60 }), check));
});
