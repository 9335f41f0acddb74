// Values that answer differently each time they are asked, or that JSON.stringify sees otherwise than they are: what is judged
// is what is stored.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { storeValue } from '../artifact.ts';
import { FakeObjects } from './fake-objects.ts';
import { keep, roundTrip } from './fixtures.ts';
import { sameGraph } from './same-graph.ts';

/** A value made by others, and what its first reading gives. */
interface Pair {
  readonly live: unknown;
  readonly plain: unknown;
}

const realm = createContext({});
const foreign: { object(): object; list(): unknown[] } = runInContext(
  'Object.prototype.toJSON = () => "foreign"; Array.prototype.toJSON = () => "foreign"; ({ object: () => ({}), list: () => [] })',
  realm,
);

/** What a second reading of something gives: each of them would be lost, changed or refused by JSON.stringify. */
const SECOND: readonly unknown[] = [
  undefined,
  Number.NaN,
  5n,
  () => 1,
  new Map([[1, 2]]),
  'other',
  Symbol('s'),
];

const define = (target: object, key: string | number, descriptor: PropertyDescriptor): object =>
  Object.defineProperty(target, key, { enumerable: true, configurable: true, ...descriptor });

/** Adds a property that is data, or a getter that tells the truth once. */
function put(target: object, key: string | number, value: unknown, second: number | undefined): void {
  if (second === undefined) {
    define(target, key, { value, writable: true });
    return;
  }
  let asked = 0;
  define(target, key, { get: () => (asked++ === 0 ? value : SECOND[second % SECOND.length]) });
}

/** A proxy that gives each property once as it is. */
function once<T extends object>(target: T): T {
  const asked = new Set<string | symbol>();
  return new Proxy(target, {
    get(from, key, receiver) {
      if (asked.has(key) && key !== 'length') return undefined;
      asked.add(key);
      return Reflect.get(from, key, receiver);
    },
  });
}

const TWISTS = ['none', 'hidden toJSON', 'proxy', 'foreign', 'hidden symbol', 'hidden property'] as const;

function twisted<T extends object>(target: T, twist: (typeof TWISTS)[number]): T {
  if (twist === 'proxy') return once(target);
  if (twist === 'hidden toJSON')
    define(target, 'toJSON', { value: () => undefined, enumerable: false, writable: true });
  if (twist === 'hidden property') define(target, 'hidden', { value: () => 1, enumerable: false });
  if (twist === 'hidden symbol') Object.defineProperty(target, Symbol('s'), { value: 1, configurable: true });
  return target;
}

const key = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('__proto__', '$def', 'toString', '1'));
const second = fc.option(fc.nat(), { nil: undefined, freq: 4 });
const same = (value: unknown): Pair => ({ live: value, plain: value });

const { pair } = fc.letrec<{ pair: Pair; leaf: Pair; object: Pair; list: Pair; other: Pair }>((tie) => ({
  pair: fc.oneof({ maxDepth: 4, depthSize: 'small' }, tie('leaf'), tie('object'), tie('list'), tie('other')),
  leaf: fc
    .oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constantFrom(null, undefined, -0, 7n, '\ud800', 'x'.repeat(66_000)),
    )
    .map(same),
  object: fc
    .tuple(
      fc.uniqueArray(fc.tuple(key, tie('pair'), second), { maxLength: 5, selector: ([name]) => name }),
      fc.constantFrom(...TWISTS),
    )
    .map(([fields, twist]) => {
      const live = twist === 'foreign' ? foreign.object() : {};
      const plain = {};
      for (const [name, value, asked] of fields) {
        put(live, name, value.live, asked);
        put(plain, name, value.plain, undefined);
      }
      return { live: twisted(live, twist), plain };
    }),
  list: fc
    .tuple(
      fc.oneof(
        fc.array(fc.tuple(tie('pair'), second), { maxLength: 5 }),
        fc.array(fc.tuple(fc.double().map(same), second), { minLength: 1022, maxLength: 1026 }),
      ),
      fc.constantFrom(...TWISTS),
    )
    .map(([items, twist]) => {
      const live = twist === 'foreign' ? foreign.list() : [];
      const plain: unknown[] = [];
      for (const [i, [value, asked]] of items.entries()) {
        put(live, i, value.live, asked);
        plain[i] = value.plain;
      }
      return { live: twisted(live, twist), plain };
    }),
  other: fc.oneof(
    tie('pair').map(({ live, plain }) => ({ live: new Map([['k', live]]), plain: new Map([['k', plain]]) })),
    tie('pair').map(({ live, plain }) => ({ live: [live, new Set([1])], plain: [plain, new Set([1])] })),
    tie('pair').map(({ live, plain }) => {
      const errors = [live, plain].map((cause) => new RangeError('e', { cause })) as [Error, Error];
      errors[1].stack = errors[0].stack ?? '';
      return { live: errors[0], plain: errors[1] };
    }),
  ),
}));

test('the first reading of any value is what is stored, with the digest it has as plain data', () => {
  fc.assert(
    fc.property(pair, ({ live, plain }) => {
      const { stored, reader } = keep(live);
      const back = reader.load();
      assert.ok(sameGraph(plain, back));
      assert.equal(stored.digest, keep(plain).stored.digest);
      assert.equal(stored.digest, keep(back).stored.digest);
    }),
    { numRuns: 500 },
  );
});

/** Values that cannot be taken at one reading as they are: refused with their path, or stored so that they are read again. */
const ODD: Record<string, () => unknown> = {
  'an object whose keys change': () => {
    let asked = 0;
    return new Proxy({ a: 1, b: 2 } as object, { ownKeys: () => (asked++ % 2 === 0 ? ['a'] : ['a', 'b']) });
  },
  'a list whose length lies': () =>
    new Proxy([1, 2, 3], { get: (list, name) => (name === 'length' ? 7 : Reflect.get(list, name)) }),
  'a list without a length': () =>
    new Proxy([1], { get: (list, name) => (name === 'length' ? 'x' : Reflect.get(list, name)) }),
  'a list that grows while it is read': () => {
    const list: unknown[] = [1];
    return define(list, 1, { get: () => (list.length < 9 ? list.push(1) : 2) });
  },
  'a list that shrinks while it is read': () => {
    const list: unknown[] = [1, 2, 3, 4];
    return define(list, 1, { get: () => (list.length = 2) });
  },
  'an object that loses a property while it is read': () => {
    const value: Record<string, unknown> = { z: 1 };
    define(value, 'a', { get: () => delete value.b });
    value.b = 2;
    return value;
  },
  'a map that grows while it is read': () => {
    const map = new Map<unknown, unknown>();
    map.set('k', define({}, 'a', { get: () => map.size < 5 && map.set(map.size, 1).size }));
    return map;
  },
  'a set that shrinks while it is read': () => {
    const set = new Set<unknown>();
    for (const value of [define({}, 'a', { get: () => set.clear() }), 1, 2]) set.add(value);
    return set;
  },
  'a trap that throws': () => ({ p: new Proxy({}, { getPrototypeOf: () => assert.fail('no') }) }),
  'a descriptor that lies': () =>
    new Proxy({ a: 1 } as Record<string, unknown>, {
      getOwnPropertyDescriptor: () => ({ value: 9, enumerable: true, configurable: true }),
    }),
  'bytes that are cut short while they are stored': () => {
    const Resizable = ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer;
    const buffer = new Resizable(64, { maxByteLength: 64 });
    const cut = () => Reflect.apply(Reflect.get(buffer, 'resize') as () => void, buffer, [8] as never);
    return [new Map(), define({ bytes: new Uint8Array(buffer, 0, 32) }, 'z', { get: cut })];
  },
  'bytes that are given away while they are stored': () => {
    const bytes = new Uint8Array(2000);
    const give = () => structuredClone(bytes.buffer, { transfer: [bytes.buffer] }).byteLength;
    return [new Map(), define({ bytes }, 'z', { get: give })];
  },
  'bytes with a length of their own': () =>
    Object.defineProperty(new Uint8Array([1, 2, 3]), 'byteLength', { value: 1 }),
  'a date that lies': () => Object.defineProperty(new Date(5), 'toISOString', { value: () => 'x' }),
  'a map that lies': () => Object.defineProperty(new Map([[1, 2]]), Symbol.iterator, { value: () => [] }),
  'a set that lies': () => Object.defineProperty(new Set([1]), Symbol.iterator, { value: () => [] }),
  'an expression that lies': () => Object.defineProperty(/a/g, 'flags', { value: 'zz' }),
  'an expression with an odd place': () => Object.assign(/a/g, { lastIndex: Number.NaN }),
  'a boxed value that lies': () => Object.defineProperty(Object(5), 'valueOf', { value: () => 6 }),
  'an iterator of its own': () =>
    Object.defineProperty(
      Array.from({ length: 2000 }, (_, i) => i),
      Symbol.iterator,
      { value: () => [][Symbol.iterator]() },
    ),
  'an error that throws when asked': () =>
    Object.defineProperties(new Error('m'), {
      message: { get: () => assert.fail('no') },
      name: { get: () => assert.fail('no') },
    }),
  'a proxy around an error': () => new Proxy(new Error('m'), { ownKeys: () => assert.fail('no') }),
};

describe('a value is stored so that it can be read, or refused with its path:', () => {
  for (const [name, make] of Object.entries(ODD)) {
    test(name, () => {
      try {
        const { stored, reader } = keep(make());
        assert.equal(keep(reader.load()).stored.digest, stored.digest);
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, 'UnstorableError', String(error));
        assert.match(String(error), /cannot be stored: x/);
      }
    });
  }
});

test('what an object says of itself by hidden methods does not count', () => {
  const lied = (value: object, key: string | symbol) =>
    roundTrip(Object.defineProperty(value, key, { value: () => 'no' }));
  assert.deepEqual(lied(new Date(5), 'getTime'), new Date(5));
  assert.deepEqual(lied(new Map([[1, 2]]), Symbol.iterator), new Map([[1, 2]]));
  assert.deepEqual(lied(new Set([1]), Symbol.iterator), new Set([1]));
  assert.deepEqual(lied(Object(5), 'valueOf'), Object(5));
  assert.deepEqual(lied([1, 2], 'toJSON'), [1, 2]);
});

test('a built-in prototype that was given a toJSON does not change what is stored, frozen or not', () => {
  const value = { a: [1, { b: 'x' }], __proto__: null };
  Object.setPrototypeOf(value, Object.prototype);
  const { digest } = keep(value).stored;
  for (const prototype of [Object.prototype, Array.prototype]) {
    Object.defineProperty(prototype, 'toJSON', { value: () => 'no', configurable: true, writable: true });
    try {
      assert.equal(keep(value).stored.digest, digest);
      assert.deepEqual(keep([value, new Map()]).reader.load(), [value, new Map()]);
    } finally {
      Reflect.deleteProperty(prototype, 'toJSON');
    }
  }
});

test('memory that another thread writes to is read once', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(3_000_000));
  const objects = new (class extends FakeObjects {
    override blob(given: never): never {
      shared.fill(Math.random() * 256); // As somebody else might, between summing and storing.
      return super.blob(given) as never;
    }
  })();
  assert.ok(keep({ shared: [shared, shared.subarray(5)] }, objects).reader.load());
});

test('what an error carries is read once, and leaves nothing behind where it cannot be stored', () => {
  let asked = 0;
  const large = new Float64Array(1000).map((_, i) => i);
  const shared = { s: 1 };
  const error = Object.assign(new Error('m'), {
    kept: { large, shared },
    lost: { bytes: Buffer.alloc(200_000, 'abcdefgh'), text: 'y'.repeat(70_000), shared, f() {} },
  });
  Object.defineProperty(error, 'flips', { get: () => (asked++ === 0 ? 1 : () => 2), enumerable: true });
  const { objects, reader, stored } = keep({ shared, error });
  const back = reader.load() as { error: Error & Record<string, unknown>; shared: object };
  assert.deepEqual(Object.keys(back.error), ['kept', 'flips']);
  assert.equal(back.error.flips, 1);
  assert.equal((back.error.kept as { shared: object }).shared, back.shared);
  assert.deepEqual((back.error.kept as { large: object }).large, large);
  const bytes = [...objects.objects.values()].reduce((sum, { body }) => sum + body.length, 0);
  assert.ok(bytes < 20_000, `${bytes} bytes were stored`);
  assert.equal(keep(back).stored.digest, stored.digest);
});

test('errors without end are cut where values nest too deeply, and their errors stay', () => {
  let error = new Error('root');
  for (let i = 0; i < 600; i++) error = new Error(`level ${i}`, { cause: error });
  const back = roundTrip({ error }) as { error: Error };
  let depth = 0;
  for (let next: unknown = back.error; next instanceof Error; next = next.cause) depth++;
  assert.ok(depth > 400 && depth <= 500, String(depth));
  assert.equal(back.error.message, 'level 599');
});

test('a size that a value claims is not in its digest', () => {
  const lying = <T extends object>(value: T, key: string) =>
    define(value, key, { value: 99, enumerable: false });
  for (const [value, lie] of [
    [new Uint8Array(2), lying(new Uint8Array(2), 'length')],
    [new Map([[1, 2]]), lying(new Map([[1, 2]]), 'size')],
    [new Set([1]), lying(new Set([1]), 'size')],
  ])
    assert.equal(keep(lie).stored.digest, keep(value).stored.digest);
});

test('what a getter throws names its path, as that of a value inside something else', () => {
  const value = [{ a: new Map([['k', define({}, 'b', { get: () => assert.fail('no') })]]) }];
  assert.throws(
    () => storeValue('m', value, new FakeObjects()),
    /m\[0\]\.a\.get\("k"\)\.b cannot be read: no/,
  );
});
