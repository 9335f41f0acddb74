import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { runInNewContext, runInThisContext } from 'node:vm';
import { ArtifactReader } from '../artifact.ts';
import { keep, roundTrip } from './fixtures.ts';
import { sameGraph } from './same-graph.ts';

function comesBack(value: unknown): void {
  const { stored, reader } = keep(value);
  const back = reader.load();
  assert.ok(sameGraph(value, back), inspect(back).slice(0, 300));
  assert.equal(keep(back).stored.digest, stored.digest, 'stored again it has another digest');
  assert.equal(reader.digest, stored.digest);
  assert.equal(reader.size, stored.size);
}

const shared = { a: 1 };
const cycle: Record<string, unknown> = { n: 1 };
cycle.self = cycle;
const ring: unknown[] = [1];
ring.push({ ring }, new Map([[ring, new Set([ring])]]));
class Odd extends TypeError {
  extra = [undefined, 2n];
}

const VALUES: Record<string, unknown> = {
  text: 'hällo 🐂',
  'empty text': '',
  number: 1.5,
  null: null,
  'nested JSON': { a: [1, 'x', { b: null }], c: true },
  undefined: undefined,
  'odd numbers': [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0],
  bigints: [0n, -5n, 2n ** 64n, -(2n ** 2000n), 2n ** 1024n],
  holes: Object.assign([], { 0: 1, 2: undefined, 4: 3, length: 6 }),
  'only holes': new Array(2),
  'a very sparse array': Object.assign([], { 4294967294: 'last', 7: 'x' }),
  'a very sparse array of numbers': Object.assign([1, 2], { 4294967294: 3 }),
  'numbers with a hole': Object.assign(
    Array.from({ length: 70_000 }, (_, i) => i),
    { length: 90_000 },
  ),
  'numbers and something else at the end': [...Array.from({ length: 70_000 }, (_, i) => -i), 'end'],
  'an array with properties': Object.assign(['a'], { index: 3, groups: undefined }),
  'a match of a regular expression': /(?<first>a)b/.exec('xab'),
  dates: [new Date(0), new Date(Number.NaN), new Date(-8.64e15), new Date(253402300800000)],
  'a regular expression': Object.assign(/a\/b[/]/giu, { lastIndex: 3 }),
  'a URL': new URL('https://user:pw@example.org:81/a?b=c#d'),
  'a query': new URLSearchParams('?a=1&a=2&=%3F+x'),
  'boxed values': [Object(1), Object(''), Object('ab'), Object(false), Object(5n), Object(-0)],
  map: new Map<unknown, unknown>([
    ['k', 1],
    [{ o: 1 }, [2]],
    [Number.NaN, new Map()],
  ]),
  set: new Set([1, 'a', undefined, new Set([-0])]),
  'a null prototype': Object.assign(Object.create(null), { a: 1, $b: Object.create(null) }),
  'keys like tags': [
    { $Map: [] },
    { $ref: 0 },
    { $: 1, b: 2 },
    { $date: new Date(1) },
    { $object: { $x: undefined } },
  ],
  'keys like tags in JSON': [{ $Map: [] }, { $ref: 0 }],
  'hostile keys': JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{}},"toString":1,"hasOwnProperty":null}',
  ),
  'hostile keys beside tags': [undefined, JSON.parse('{"__proto__":{"__proto__":[{"$x":1}]},"toString":1}')],
  'integer-like keys': { 10: 'a', 2: 'b', x: 'c', '-1': 'd', '01': 'e' },
  'lone surrogates': ['\ud800', 'a\udfffb', { '\udc00': 1 }, '\ud83d\ude00'],
  'a shared reference': [shared, { again: shared }, shared],
  'a cycle': cycle,
  'cycles through everything': ring,
  'an error': Object.assign(new RangeError('far', { cause: { at: new Date(3) } }), {
    code: 'E',
    data: new Uint8Array(3),
  }),
  'an error with an own name': Object.assign(new Error('m'), { name: 'Mine' }),
  'an aggregate error': new AggregateError([new SyntaxError('a'), 'b'], 'both'),
  'many bytes': [new Uint8Array(5000).fill(7), Buffer.from('x'.repeat(5000)), new ArrayBuffer(3000)],
  'few bytes': [
    new Uint8Array([1, 2]),
    Buffer.from('abc'),
    new ArrayBuffer(2),
    new DataView(new ArrayBuffer(3)),
    Buffer.alloc(0),
  ],
  integers: [
    new Int8Array([-1]),
    new Uint8ClampedArray([255]),
    new Int16Array([-300]),
    new Uint16Array([65535]),
    new Int32Array([-70000]),
    new Uint32Array([2 ** 32 - 1]),
  ],
  floats: [
    new Float32Array([0.1, -0, Number.NaN]),
    new Float64Array([5e-324, -0, Number.NaN, -Infinity, 1e300]),
  ],
  'large integers': [new BigInt64Array([-(2n ** 63n)]), new BigUint64Array([2n ** 64n - 1n])],
  'a NaN with a payload': new Float64Array(
    new BigUint64Array([0x7ff8000000000001n, 0xfff8000000000000n]).buffer,
  ),
  'a long text': 'é'.repeat(70_000),
  'a long text with half a character': `${'x'.repeat(70_000)}\ud800`,
  'many numbers': Array.from({ length: 20_000 }, (_, i) =>
    i % 7 === 0 ? -0 : i % 11 === 0 ? Number.NaN : i / 3,
  ),
  'many records': Array.from({ length: 3000 }, (_, i) => ({ i, name: `n${i}`, of: ['a', 'ü', i] })),
  'many records with dates': Array.from({ length: 3000 }, (_, i) => ({ i, at: new Date(i), no: undefined })),
  'many records that share': Array.from({ length: 3000 }, (_, i) => ({ i, shared, at: new Date(i) })),
  'a large object': Object.fromEntries(
    Array.from({ length: 5000 }, (_, i) => [`key ${i}`, [i, 'some text']]),
  ),
  'parts above 1 MiB': {
    numbers: new Float64Array(200_000).map((_, i) => i),
    bytes: Buffer.alloc(3_000_000, 'abcdefg'),
  },
};

describe('a value comes back as it was, and its digest too:', () => {
  for (const [name, value] of Object.entries(VALUES)) test(name, () => comesBack(value));

  const Float16Array = Reflect.get(globalThis, 'Float16Array');
  if (Float16Array) {
    test('a Float16Array', () => comesBack([new Float16Array([1.5, -0]), new Float16Array(3000)]));
  }

  test('an error of a user’s class as the built-in class it extends, with its name', () => {
    const error = Object.defineProperty(new Odd('bad'), 'name', { value: 'Odd' });
    const back = roundTrip(error) as Odd;
    assert.equal(Object.getPrototypeOf(back), TypeError.prototype);
    assert.deepEqual(
      [back.name, back.message, back.stack, back.extra],
      ['Odd', 'bad', error.stack, [undefined, 2n]],
    );
    assert.deepEqual(Object.keys(back), ['extra']);
    assert.equal(keep(back).stored.digest, keep(error).stored.digest);
  });

  test('a SharedArrayBuffer as an ArrayBuffer', () => {
    const shared = new SharedArrayBuffer(4);
    new Uint8Array(shared).set([1, 2, 3, 4]);
    assert.deepEqual(roundTrip(shared), Uint8Array.of(1, 2, 3, 4).buffer);
    assert.deepEqual(roundTrip(new Uint8Array(shared)), Uint8Array.of(1, 2, 3, 4));
  });

  test('plain data of another realm as plain data of this one', () => {
    const foreign = runInNewContext(
      '({ a: [1, { b: 2 }], when: new Date(5), set: new Set([1]), bytes: new Uint8Array(2) })',
    );
    const own = { a: [1, { b: 2 }], when: new Date(5), set: new Set([1]), bytes: new Uint8Array(2) };
    assert.ok(sameGraph(own, roundTrip(foreign)));
    assert.equal(keep(foreign).stored.digest, keep(own).stored.digest);
    assert.equal(keep(runInNewContext('({ a: [1] })')).stored.entry.name, 'x.json');
  });

  test('every built-in class of another realm as that of this one', () => {
    const TEXTS = [
      'new Map([[{ a: 1 }, new Set([1])]])',
      'new Date(5)',
      '/a/g',
      'Object(5n)',
      'Object("text")',
      'new Float64Array([1, -0])',
      'new DataView(new ArrayBuffer(3))',
      'new ArrayBuffer(2000)',
      'new BigInt64Array(2000)',
      'Object.assign([1], { extra: [2] })',
      '[, 1]',
      'Array.from({ length: 2000 }, (_, i) => i)',
      'Object.assign(Object.create(null), { a: 1 })',
    ];
    for (const text of TEXTS) {
      const [own, foreign] = [runInThisContext(text), runInNewContext(text)];
      assert.ok(sameGraph(own, roundTrip(foreign)), text);
      assert.equal(keep(foreign).stored.digest, keep(own).stored.digest, text);
      assert.equal(keep(foreign).reader.type, keep(own).reader.type, text);
    }
    const error = roundTrip(runInNewContext('new AggregateError([new RangeError("far")], "all")'));
    assert.ok(error instanceof AggregateError && error.errors[0] instanceof RangeError);
    assert.throws(() => keep([runInNewContext('Promise.resolve(1)')]), /x\[0\] is a Promise/);
  });

  test('a Buffer of the package for browsers as one of Node', () => {
    class Browser extends Uint8Array {}
    Object.defineProperty(Browser.prototype, '_isBuffer', { value: true });
    const back = roundTrip([new Browser([1, 2])]) as [unknown];
    assert.deepEqual(back, [Buffer.of(1, 2)]);
  });

  test('a getter as what it gave, a non-enumerable property not at all', () => {
    const value = Object.defineProperty(
      {
        get a() {
          return 1;
        },
      },
      'hidden',
      { value: () => 1 },
    );
    assert.deepEqual(roundTrip(value), { a: 1 });
  });

  test('values of the Temporal that this Node has', () => {
    const temporal = (Reflect.get(globalThis, 'Temporal') ?? {}) as Record<
      string,
      { from(text: string): object }
    >;
    if (!('Temporal' in globalThis)) return;
    for (const [name, text] of TEMPORAL) {
      const back = roundTrip([temporal[name]?.from(text)]) as [object];
      assert.equal(Object.getPrototypeOf(back[0]), Reflect.get(temporal[name] ?? {}, 'prototype'));
      assert.equal(String(back[0]), text);
    }
  });

  test('values of Temporal where it is present, and an error where it is not', () => {
    // A Node with a Temporal of its own proves this in the test above.
    if ('Temporal' in globalThis) return;
    class Instant {
      readonly #text: string;
      constructor(text: string) {
        this.#text = text;
      }
      static from = (text: string) => new Instant(text);
      toString() {
        return this.#text;
      }
    }
    const { objects, stored } = withTemporal({ Instant }, () =>
      keep({ at: new Instant('2026-11-22T00:00:00Z') }),
    );
    const read = () => new ArtifactReader(objects, stored.entry).load() as { at: Instant };
    assert.equal(String(withTemporal({ Instant }, read).at), '2026-11-22T00:00:00Z');
    assert.throws(read, { code: 'UnreadableError', message: /needs Temporal\.Instant/ });
  });
});

const TEMPORAL = [
  ['Instant', '2026-11-22T10:47:55.006007008Z'],
  ['ZonedDateTime', '2026-11-22T10:47:55+01:00[Europe/Berlin]'],
  ['PlainDateTime', '2026-11-22T10:47:55'],
  ['PlainDate', '2026-11-22[u-ca=hebrew]'],
  ['PlainTime', '10:47:55.1'],
  ['PlainYearMonth', '2026-11'],
  ['PlainMonthDay', '11-22'],
  ['Duration', 'P1Y2M3DT4H5.006S'],
] as const;

function withTemporal<T>(temporal: object, run: () => T): T {
  Object.defineProperty(globalThis, 'Temporal', { value: temporal, configurable: true });
  try {
    return run();
  } finally {
    Reflect.deleteProperty(globalThis, 'Temporal');
  }
}
