import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exactNumber, inexactIn } from './exact-number.ts';

const EXACT: readonly (readonly [string, number])[] = [
  ['0', 0],
  ['-0', -0],
  ['007', 7],
  [' 5 ', 5],
  ['+5', 5],
  ['.5', 0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['1e23', 1e23],
  ['1.50', 1.5],
  ['-1.5e-7', -1.5e-7],
  ['0x10', 16],
  ['0b11', 3],
  ['9007199254740992', 2 ** 53],
  ['100000000000000000000', 1e20],
  ['3.14159265358979323846264338', Math.PI],
  ['0.1000000000000000055511151231257827', 0.1],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['5e-324', 5e-324],
  ['0e400', 0],
];

for (const [text, value] of EXACT)
  test(`${text} is kept`, () => assert.deepEqual(exactNumber(text), { value, isExact: true }));

const INEXACT = [
  '1e400',
  '-1e400',
  '1e-400',
  '12345678901234567890',
  '-12345678901234567890',
  '9007199254740993',
  '12345678901234567.5',
  '1.2345678901234567890e19',
  '3e-324',
  '0x20000000000001',
  '0xfffffffffffffffffffff',
];

for (const text of INEXACT)
  test(`${text} is not kept`, () => assert.equal(exactNumber(text)?.isExact, false));

for (const text of ['', '  ', 'NaN', '1_000', '5n', 'x', '1,5', '--5', '0x', '1e'])
  test(`"${text}" is not a number`, () => assert.equal(exactNumber(text), undefined));

test('what a number is written as is kept', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      assert.deepEqual(exactNumber(Object.is(value, -0) ? '-0' : String(value)), { value, isExact: true });
    }),
  );
});

test('an integer is kept exactly when as many digits come back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), (value) => {
      const found = exactNumber(String(value));
      // A double stands for the integer that it is written as.
      const back = BigInt(
        Number(value).toLocaleString('en', { useGrouping: false, maximumSignificantDigits: 17 }),
      );
      if (BigInt(Number(value)) === value || back === value) assert.equal(found?.isExact, true);
      if (found?.isExact) assert.equal(Number(value), found.value);
    }),
  );
});

test('numbers of a JSON text are found wherever they stand, and nowhere else', () => {
  const big = '12345678901234567890';
  assert.equal(inexactIn(`{"id":${big}}`)?.text, big);
  assert.equal(inexactIn(`[1, -2.5e3, [[{"a": [${big}]}]]]`)?.text, big);
  assert.equal(inexactIn('[1e400]')?.text, '1e400');
  assert.equal(inexactIn(`${big}`)?.text, big);
  assert.equal(
    inexactIn(JSON.stringify({ [big]: big, quoted: `\\"${big}\\\\`, plain: [0, -0, 0.1, 1e300] })),
    undefined,
  );
  fc.assert(fc.property(fc.json(), (json) => assert.equal(inexactIn(json), undefined)));
});
