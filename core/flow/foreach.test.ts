import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableFromArrays, vectorFromArray } from 'apache-arrow';
import { foreachLength } from './foreach.ts';

const LENGTHS: readonly (readonly [string, unknown, number | undefined])[] = [
  ['an array', [1, 2], 2],
  ['an array with holes', new Array(3), 3],
  ['an empty array', [], 0],
  ['a typed array', new Uint8Array(5), 5],
  ['a Buffer', Buffer.from('abc'), 3],
  ['a BigInt64Array', new BigInt64Array(2), 2],
  ['a Set', new Set('aab'), 2],
  ['a Map', new Map([[1, 2]]), 1],
  ['a string, by code point', 'a😀é', 3],
  ['a table, by row', tableFromArrays({ x: [1, 2, 3] }), 3],
  ['a table without columns', tableFromArrays({}), 0],
  ['a vector', vectorFromArray([1, 2]), 2],
  ['a DataView', new DataView(new ArrayBuffer(8)), undefined],
  ['an ArrayBuffer', new ArrayBuffer(8), undefined],
  ['a plain object', { length: 3 }, undefined],
  ['a number', 3, undefined],
  ['null', null, undefined],
  ['undefined', undefined, undefined],
  ['a function', () => {}, undefined],
  ['an iterator', [1].values(), undefined],
];

for (const [name, value, length] of LENGTHS) {
  test(`the length of ${name} is ${length}`, () => assert.equal(foreachLength(value), length));
}
