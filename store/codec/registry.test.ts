import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArtifactReader } from '../artifact.ts';
import { keep, readerOf, roundTrip, valueText } from './fixtures.ts';
import { registerCodec } from './registry.ts';

class Point {
  x: number;
  y: number;
  constructor(x: number, y: number) {
    if (x === undefined) throw new Error('never called while loading');
    this.x = x;
    this.y = y;
  }
  get length() {
    return Math.hypot(this.x, this.y);
  }
}

class Celsius {
  readonly #degrees: number;
  constructor(degrees: number) {
    this.#degrees = degrees;
  }
  get degrees() {
    return this.#degrees;
  }
}

class TreeNode {
  parent: TreeNode | undefined;
  children: TreeNode[] = [];
}

registerCodec(Point);
registerCodec(TreeNode, { name: 'Tree', ...plainTree() });
registerCodec(Celsius, { encode: (value) => value.degrees, decode: (stored: number) => new Celsius(stored) });

function plainTree() {
  return {
    encode: ({ parent, children }: TreeNode) => ({ parent, children }),
    decode: (fields: Pick<TreeNode, 'parent' | 'children'>) => Object.assign(new TreeNode(), fields),
  };
}

test('an instance of a registered class comes back as one, constructor not called', () => {
  const back = roundTrip({ at: [new Point(3, 4)] }) as { at: [Point] };
  assert.ok(back.at[0] instanceof Point);
  assert.equal(back.at[0].length, 5);
});

test('its own fields may refer back to it', () => {
  const point: Point & { self?: unknown } = new Point(1, 2);
  point.self = [point];
  const back = roundTrip(point) as Point & { self: [unknown] };
  assert.equal(back.self[0], back);
});

test('a codec decides what is stored', () => {
  const warm = new Celsius(30.5);
  const [a, b] = roundTrip([warm, warm]) as [Celsius, Celsius];
  assert.equal(a.degrees, 30.5);
  assert.equal(a, b);
});

test('a cycle through a codec is refused, since decoding could not close it', () => {
  const [parent, child] = [new TreeNode(), new TreeNode()];
  parent.children.push(child);
  child.parent = parent;
  assert.throws(() => keep(parent), { code: 'UnstorableError', path: 'x.children[0].parent' });
});

test('a setter of the class or an odd field name does not run anything while loading', () => {
  let ran = 0;
  class Guarded {
    set secret(_: unknown) {
      ran++;
    }
  }
  registerCodec(Guarded);
  const value = new Guarded();
  Object.defineProperty(value, 'secret', { value: 1, enumerable: true });
  Object.defineProperty(value, '__proto__', { value: 2, enumerable: true });
  const back = roundTrip(value) as object;
  assert.equal(ran, 0);
  assert.deepEqual(Object.entries(back), [
    ['secret', 1],
    ['__proto__', 2],
  ]);
  assert.equal(Object.getPrototypeOf(back), Guarded.prototype);
});

test('a class that extends a built-in one needs a codec', () => {
  class Cache extends Map<string, number> {}
  registerCodec(Cache);
  assert.throws(() => keep(new Cache()), { code: 'UnstorableError', message: /extends a built-in class/ });
  registerCodec(Cache, { encode: (cache) => [...cache], decode: (pairs) => new Cache(pairs) });
  const back = roundTrip(new Cache([['a', 1]]));
  assert.ok(back instanceof Cache && back.get('a') === 1);
});

test('a parent’s registration does not cover a child', () => {
  class Pixel extends Point {}
  assert.throws(() => keep(new Pixel(1, 2)), { code: 'UnstorableError', message: /instance of Pixel/ });
});

test('a reader without the class gets a clear error, or the plain data when that will do', () => {
  const text = valueText({
    at: { $class: { name: 'Gone', fields: { x: 1 } } },
    n: { $class: { name: 'Lost', value: 2 } },
  });
  assert.throws(() => readerOf(text).load(), {
    code: 'UnreadableError',
    message: /the class Gone.*registerCodec\(Gone\)/,
  });
  assert.deepEqual(readerOf(text).load({ plainClasses: true }), { at: { x: 1 }, n: 2 });
});

test('registering a name again replaces it, as a notebook does that runs a cell twice', () => {
  const make = () => class Twice {};
  const [First, Second] = [make(), make()];
  registerCodec(First);
  const { objects, stored } = keep(new First());
  registerCodec(Second);
  assert.ok(new ArtifactReader(objects, stored.entry).load() instanceof Second);
  assert.throws(() => keep(new First()), { code: 'UnstorableError' });
});

test('only a class with a name can be registered', () => {
  assert.throws(() => registerCodec(class {}), TypeError);
  assert.throws(() => registerCodec((() => 1) as never), TypeError);
});
