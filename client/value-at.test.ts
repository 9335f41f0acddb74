import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableFromArrays } from 'apache-arrow';
import { NotFoundError } from './errors.ts';
import { valueAt } from './value-at.ts';

const value = {
  opt: { lr: 0.1, 'a b': 1 },
  list: [{ name: 'x' }, { name: 'y' }],
  array: Float32Array.of(1, 2, 3),
  map: new Map<unknown, unknown>([
    ['k', 1],
    [2, 'two'],
  ]),
  set: new Set(['p', 'q']),
  text: 'a😀c',
  table: tableFromArrays({ id: Int32Array.of(7, 8), score: Float64Array.of(0.5, 0.25) }),
  nothing: null,
};

const REACHED: readonly [readonly (string | number)[], unknown][] = [
  [[], value],
  [['opt', 'lr'], 0.1],
  [['opt', 'a b'], 1],
  [['list', -1, 'name'], 'y'],
  [['array', 2], 3],
  [['array', -3], 1],
  [['map', 'k'], 1],
  [
    ['map', 1],
    [2, 'two'],
  ],
  [['set', 0], 'p'],
  [['text', 1], '😀'],
  [['nothing'], null],
  [['table', -1, 'score'], 0.25],
  [['table', 'id', 0], 7],
];
for (const [path, expected] of REACHED) {
  test(`reaches ${JSON.stringify(path)}`, () =>
    assert.deepEqual(valueAt(value, path, 'F/1/a/0/v'), expected));
}

const DEAD_ENDS: readonly [readonly (string | number)[], string][] = [
  [['opt', 'lrr'], 'F/1/a/0/v#opt is an Object and has no key "lrr". Its keys: lr, a b. Did you mean lr?'],
  [['list', 2], 'F/1/a/0/v#list is an Array of 2 elements and has no element 2.'],
  [['list', -3], 'F/1/a/0/v#list is an Array of 2 elements and has no element -3.'],
  [['opt', 'lr', 'x'], 'F/1/a/0/v#opt.lr is a number and has no key "x".'],
  [['nothing', 'x'], 'F/1/a/0/v#nothing is null and has no key "x".'],
  [['text', 9], 'F/1/a/0/v#text is text of 3 characters and has no element 9.'],
  [
    ['table', 'ids'],
    'F/1/a/0/v#table is a table of 2 rows and has no key "ids". Its keys: id, score. Did you mean id?',
  ],
  [['opt', 'constructor'], 'F/1/a/0/v#opt is an Object and has no key "constructor". Its keys: lr, a b.'],
  [['array', 'length'], 'F/1/a/0/v#array is a Float32Array of 3 elements and has no key "length".'],
];
for (const [path, message] of DEAD_ENDS) {
  test(`says how far ${JSON.stringify(path)} leads`, () => {
    assert.throws(
      () => valueAt(value, path, 'F/1/a/0/v'),
      (error: unknown) => {
        assert.ok(error instanceof NotFoundError);
        assert.equal(error.kind, 'value');
        assert.equal(error.message, message);
        return true;
      },
    );
  });
}
