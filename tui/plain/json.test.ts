import assert from 'node:assert/strict';
import test from 'node:test';
import { tableFromArrays, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { jsonPieces, jsonText } from './json.ts';
import { bytesOf } from './json-parts.ts';

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

test('long strings and bytes are written in pieces, and no character is torn', () => {
  const texts = [`a${'😀'.repeat(100_000)}`, '\x00"'.repeat(100_000), '\u202eé'.repeat(50_000)];
  for (const text of texts) {
    const pieces = [...jsonPieces([text])];
    assert.ok(pieces.length > 1 && pieces.every((piece) => piece.length < 1_000_000));
    assert.deepEqual(JSON.parse(pieces.join('')), [text]);
  }
  const bytes = Buffer.from(Uint8Array.from({ length: 200_001 }, (_, index) => index * 7));
  assert.equal(jsonText({ bytes }), `{"bytes":"${bytes.toString('base64')}"}`);
});

test('no more of a value is looked at than has been asked for', () => {
  let touched = 0;
  const get = (index: number): number => {
    touched += 1;
    return index / 7;
  };
  const vector = { length: 1e9, get, getChild: () => null };
  const pieces = jsonPieces({ vector });
  assert.ok((pieces.next().value as string).length < 100_000);
  assert.ok(touched < 20_000, `${touched} touched`);
});

/** A list of the one before twice, and so on. */
function doubled(levels: number): unknown {
  let list: unknown = ['leaf'];
  for (let level = 0; level < levels; level += 1) list = [list, list];
  return list;
}

test('parts that would double at each level are written out for a while, and then referred to', () => {
  let told = 0;
  let length = 0;
  let last = '';
  for (const piece of jsonPieces(doubled(60), { onReference: () => (told += 1) })) {
    length += piece.length;
    last = piece;
  }
  assert.ok(length < 5_000_000, `${length} characters`);
  assert.ok(told > 0);
  assert.match(last, /\{"\$ref":"#(?:\[0\])+"\}/);
});

test('what refers leads to what was there', () => {
  const parsed: unknown = JSON.parse(jsonText(doubled(20)));
  const resolve = (value: unknown): unknown => {
    const path = (value as { readonly $ref?: string }).$ref;
    if (path === undefined) return value;
    return resolve(
      Array.from(path.matchAll(/\d+/g)).reduce<unknown>(
        (at, [index]) => (at as unknown[])[Number(index)],
        parsed,
      ),
    );
  };
  for (let value = parsed, level = 20; level > 0; level -= 1) {
    const [left, right] = resolve(value) as [unknown, unknown];
    assert.equal((resolve(left) as unknown[]).length, level === 1 ? 1 : 2);
    value = right;
  }
});

test('some parts in several places are written in each of them', () => {
  const row = Array.from({ length: 1000 }, (_, index) => index);
  const rows = Array.from({ length: 50 }, () => row);
  assert.equal(jsonText(rows), JSON.stringify(rows));
});

test('a value nested without end is refused with a sentence, not with the stack', () => {
  let deep: unknown = 0;
  for (let level = 0; level < 100_000; level += 1) deep = { deep };
  assert.throws(() => jsonText(deep), /TooDeepError.*nested more than 2000 levels/);
});
