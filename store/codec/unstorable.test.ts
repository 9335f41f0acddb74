import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { storeValue } from '../artifact.ts';
import { FakeObjects } from './fake-objects.ts';
import { keep } from './fixtures.ts';

class Net {
  layers = [1];
  forward() {}
}
class List extends Array<number> {}
class Vec extends Float32Array {}

const deep = (levels: number): unknown => {
  let value: unknown = 'end';
  for (let i = 0; i < levels; i++) value = { next: value };
  return value;
};

const transferred = new ArrayBuffer(8);
structuredClone(transferred, { transfer: [transferred] });

/** What the artifact "model" holds, and the rest of the sentence after `artifact "model" cannot be stored: `. */
const CASES: readonly [string, () => unknown, string | RegExp][] = [
  [
    'a function',
    () => ({ layers: [0, 1, 2, { activate: () => 1 }] }),
    'model.layers[3].activate is a function',
  ],
  ['a function itself', () => Math.max, 'model is a function'],
  ['a method in shorthand', () => ({ run() {} }), 'model.run is a function'],
  ['a plain toJSON', () => ({ a: { toJSON: () => 1 } }), 'model.a.toJSON is a function'],
  ['a symbol', () => [Symbol('s')], 'model[0] is a symbol'],
  ['a boxed symbol', () => [Object(Symbol('s'))], 'model[0] is a symbol'],
  [
    'a symbol key',
    () => ({ a: { [Symbol('s')]: 1 } }),
    'model.a has the key Symbol(s); only text keys can be stored',
  ],
  [
    'a symbol key of an array',
    () => ({ a: Object.assign([1], { [Symbol('s')]: 1 }) }),
    /^model\.a has the key Symbol\(s\)/,
  ],
  ['an odd property name', () => ({ 'a b': { ü: { '0x': () => 1 } } }), 'model["a b"].ü["0x"] is a function'],
  ['a value of a Map', () => new Map([['k"', () => 1]]), 'model.get("k\\"") is a function'],
  ['a value of a Map under a number', () => new Map([[-0, () => 1]]), 'model.get(0) is a function'],
  ['a value of a Map under an object', () => new Map([[{}, () => 1]]), 'model.values()[0] is a function'],
  [
    'a key of a Map',
    () => new Map([[1, 1] as [unknown, number], [{ a: () => 1 }, 2]]),
    'model.keys()[1].a is a function',
  ],
  ['a member of a Set', () => new Set([1, () => 1]), 'model.values()[1] is a function'],
  ['a property of an array', () => Object.assign([1], { f() {} }), 'model.f is a function'],
  ['a Promise', () => ({ p: Promise.resolve(1) }), 'model.p is a Promise: did you forget await?'],
  ['a WeakMap', () => new WeakMap(), 'model is a WeakMap, whose content cannot be listed'],
  ['a generator', () => [(function* () {})()], /^model\[0\] is an instance of/],
  [
    'an instance',
    () => ({ net: new Net() }),
    'model.net is an instance of Net: store plain data, or make it storable with registerCodec(Net)',
  ],
  [
    'an instance without a class',
    () => Object.create({ inherited: 1 }),
    /^model is an instance of Object|an anonymous class/,
  ],
  [
    'an instance of a class with toJSON',
    () =>
      new (class Json {
        toJSON() {
          return 1;
        }
      })(),
    /^model is an instance of Json/,
  ],
  ['an array of a user’s class', () => List.from([1]), /^model is an instance of List/],
  ['a typed array of a user’s class', () => new Vec(3), /^model is an instance of Vec/],
  ['a Map of a user’s class', () => new (class Cache extends Map {})(), /^model is an instance of Cache/],
  [
    'a property of a Map',
    () => Object.assign(new Map(), { hits: 1 }),
    'model.hits is an extra property; a Map with extra properties cannot be stored',
  ],
  [
    'a property of a Date',
    () => Object.assign(new Date(), { tz: 'x' }),
    /^model\.tz is an extra property; a Date/,
  ],
  [
    'a property of a typed array',
    () => Object.assign(new Uint8Array(3), { shape: [1, 3] }),
    /^model has extra properties/,
  ],
  [
    'a property of a long Buffer',
    () => Object.assign(Buffer.alloc(9999), { shape: [1, 3] }),
    /^model has extra properties/,
  ],
  [
    'a getter that throws',
    () => ({
      a: [
        {
          get b() {
            throw new Error('no');
          },
        },
      ],
    }),
    'model.a[0].b cannot be read: no',
  ],
  [
    'a proxy that throws',
    () => ({
      p: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('px');
          },
        },
      ),
    }),
    'model.p cannot be read: px',
  ],
  ...[
    ...[new Map([[1, 2]]), new Set([1]), new Date(0), /a/, [1, 2], new Float64Array(2), new ArrayBuffer(2)],
    ...[Object(1), Object('ab'), new Error('m'), Promise.resolve(1), new WeakMap(), Buffer.from('a')],
  ].flatMap((value: object): (typeof CASES)[number][] => {
    const lost = /^model\.a is of a built-in class and has lost its prototype$/;
    const name = Object.prototype.toString.call(value);
    const hasFields = Object.keys(value).length > 0;
    Object.setPrototypeOf(value, null);
    const bare: (typeof CASES)[number] = [`${name} without a prototype`, () => ({ a: value }), lost];
    if (hasFields) return [bare];
    const plain = () => {
      Object.setPrototypeOf(value, Object.prototype);
      return { a: value };
    };
    return [bare, [`${name} with the prototype of a plain object`, plain, lost]];
  }),
  ['what only inherits from Blob', () => Object.create(Blob.prototype), /^model is an instance of Blob/],
  ['an index beyond a boxed text', () => Object.assign(Object('ab'), { 5: 1 }), /^model\[?\.?"?5/],
  [
    'a getter that throws what cannot be looked at',
    () => ({
      get a() {
        const fail = (): never => {
          throw new Error('no');
        };
        throw new Proxy({}, { get: fail, getPrototypeOf: fail });
      },
    }),
    'model.a cannot be read: what it throws cannot be looked at either',
  ],
  ['a revoked proxy', () => ({ p: revoked() }), /^model\.p cannot be read: /],
  ['a transferred buffer', () => [transferred], /^model\[0\] cannot be read: /],
  [
    'a foreign instance',
    () => runInNewContext('class Far {}; [new Far()]'),
    /^model\[0\] is an instance of Far/,
  ],
  [
    'a chain that is too long',
    () => deep(501),
    /^model\.next\.next.*…\(476 more\)….*\.next is nested more than 500 levels deep$/,
  ],
];

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('an UnstorableError names the path to', () => {
  for (const [name, make, expected] of CASES) {
    test(name, () => {
      const prefix = 'artifact "model" cannot be stored: ';
      assert.throws(
        () => storeValue('model', make(), new FakeObjects()),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'UnstorableError');
          assert.ok(error.message.startsWith(prefix), error.message);
          const rest = error.message.slice(prefix.length);
          if (typeof expected === 'string') assert.equal(rest, expected);
          else assert.match(rest, expected);
          return true;
        },
      );
    });
  }

  test('the cause of what a getter threw', () => {
    const cause = new Error('no');
    const value = {
      get a() {
        throw cause;
      },
    };
    assert.throws(() => keep(value), { code: 'UnstorableError', cause });
  });
});

test('a chain of 500 levels is stored, plain or through maps that refer to each other', () => {
  assert.deepEqual(JSON.stringify(keep(deep(500)).reader.load()), JSON.stringify(deep(500)));
  let map = new Map<unknown, unknown>();
  const first = map;
  for (let i = 0; i < 249; i++) map = new Map<unknown, unknown>([['next', [map]]]);
  first.set('last', map);
  let back = keep(map).reader.load() as Map<unknown, unknown>;
  const root = back;
  for (let i = 0; i < 249; i++) back = (back.get('next') as Map<unknown, unknown>[])[0] ?? new Map();
  assert.equal(back.get('last'), root);
});

test('an error of the sink comes through as it is', () => {
  const full = new RangeError('disk full');
  const sink = new (class extends FakeObjects {
    override blob(): never {
      throw full;
    }
  })();
  const thrown = (value: unknown) =>
    assert.throws(
      () => storeValue('x', value, sink),
      (error) => error === full,
    );
  thrown({ a: new Map([['k', 'x'.repeat(70_000)]]) });
  thrown([new Uint8Array(5000)]);
  thrown(Array.from({ length: 9000 }, (_, i) => ({ i, text: 'some text' })));
  thrown(1);
});
