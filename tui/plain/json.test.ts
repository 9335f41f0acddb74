import assert from 'node:assert/strict';
import test from 'node:test';
import { tableFromArrays, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { bytesOf, jsonText } from './json.ts';

class Point {
  readonly x = 1;
  readonly y = [2n];
}

const holder: Record<string, unknown> = { list: [1] };
holder.self = holder;
(holder.list as unknown[]).push(holder.list);

const VALUES: readonly (readonly [name: string, value: unknown, text: string])[] = [
  ['undefined', undefined, 'null'],
  ['numbers JSON has not', [Number.NaN, Infinity, -Infinity, -0], '["NaN","Infinity","-Infinity",0]'],
  ['a bigint', 2n ** 64n, '"18446744073709551616"'],
  ['undefined in lists and objects', { a: undefined, b: [undefined, , 1] }, '{"b":[null,null,1]}'],
  ['dates', [new Date(0), new Date(Number.NaN)], '["1970-01-01T00:00:00.000Z","Invalid Date"]'],
  ['a URL and a RegExp', [new URL('http://a.b/c?d'), /x+/gi], '["http://a.b/c?d","/x+/gi"]'],
  ['a map keyed by texts', new Map([['a', new Set([1, 2])]]), '{"a":[1,2]}'],
  [
    'a map keyed by anything',
    new Map<unknown, unknown>([
      [1, 'x'],
      ['y', 2],
    ]),
    '[[1,"x"],["y",2]]',
  ],
  ['typed arrays', [new Float64Array([1.5, Number.NaN]), new BigInt64Array([3n])], '[[1.5,"NaN"],["3"]]'],
  ['numbers of a byte each', new Uint8Array([1, 2]), '[1,2]'],
  [
    'bytes',
    [Buffer.from('hi'), new ArrayBuffer(2), new DataView(new ArrayBuffer(1))],
    '["aGk=","AAA=","AA=="]',
  ],
  [
    'an error',
    Object.assign(new TypeError('bad', { cause: 1 }), { at: 3 }),
    '{"name":"TypeError","message":"bad","cause":1,"at":3}',
  ],
  ['an instance of a class', new Point(), '{"x":1,"y":["2"]}'],
  ['boxed values', [Object(1), Object('a'), Object(2n)], '[1,"a","2"]'],
  [
    'a value that holds itself',
    { holder },
    '{"holder":{"list":[1,{"$ref":"#[\\"holder\\"][\\"list\\"]"}],"self":{"$ref":"#[\\"holder\\"]"}}}',
  ],
  ['a key like any other', JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ['a table', tableFromArrays({ a: [1, 2], b: ['x', 'y'] }), '[{"a":1,"b":"x"},{"a":2,"b":"y"}]'],
  ['a vector', { v: vectorFromArray(new BigInt64Array([1n])) }, '{"v":["1"]}'],
];

for (const [name, value, text] of VALUES) {
  test(`as JSON: ${name}`, () => {
    assert.equal(jsonText(value), text);
  });
}

test('what two places share is no cycle: both have it', () => {
  const shared = { x: 1 };
  assert.equal(jsonText([shared, shared]), '[{"x":1},{"x":1}]');
});

test('whatever JSON knows is the same as JSON.stringify makes it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(jsonText(value), JSON.stringify(value));
      assert.equal(jsonText(value, 2), JSON.stringify(value, null, 2));
    }),
  );
});

test('bytes are those of buffers, not numbers that happen to take one byte each', () => {
  assert.deepEqual(bytesOf(new ArrayBuffer(2)), new Uint8Array(2));
  assert.equal(bytesOf(Buffer.from('a'))?.length, 1);
  assert.equal(bytesOf(new Uint8Array(2)), undefined);
  assert.equal(bytesOf('a'), undefined);
});
