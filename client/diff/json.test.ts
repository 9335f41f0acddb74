import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Node } from '#store';
import type { JsonOperation } from './document.ts';
import { compareJson } from './json.ts';

const operations = (a: Node, b: Node) => compareJson(a, b).detail.operations;

/** Applies operations as RFC 6902 has it, and checks what they say was there before. */
function apply(value: Node, steps: readonly JsonOperation[]): Node {
  const holder = { root: structuredClone(value) } as { [key: string]: Node };
  for (const { op, path, from, old, value: given } of steps) {
    const target = placeOf(holder, path);
    if (op === 'remove' || op === 'replace') assert.deepEqual(target.get(), old);
    if (op === 'remove') target.remove();
    else if (op === 'replace') target.set(structuredClone(given) as Node);
    else if (op === 'add') target.insert(structuredClone(given) as Node);
    else {
      const source = placeOf(holder, from ?? '');
      const moved = source.get();
      source.remove();
      placeOf(holder, path).insert(moved);
    }
  }
  return holder.root as Node;
}

function placeOf(holder: { [key: string]: Node }, pointer: string) {
  const keys = ['root', ...pointer.split('/').slice(1)].map((key) =>
    key.replaceAll('~1', '/').replaceAll('~0', '~'),
  );
  const key = keys.pop() as string;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON value may stand on the way.
  const parent = keys.reduce<any>((node, one) => node[one], holder);
  const index = Number(key);
  return {
    get: () => parent[key] as Node,
    set: (node: Node) => {
      parent[key] = node;
    },
    remove: () => (Array.isArray(parent) ? parent.splice(index, 1) : delete parent[key]),
    insert: (node: Node) => {
      if (Array.isArray(parent)) parent.splice(index, 0, node);
      else
        Object.defineProperty(parent, key, {
          value: node,
          enumerable: true,
          configurable: true,
          writable: true,
        });
    },
  };
}

test('a changed field, a new one and one that is gone', () => {
  assert.deepEqual(operations({ lr: 0.1, seed: 1, deep: { x: 1 } }, { lr: 0.2, deep: { x: 1, y: [2] } }), [
    { op: 'remove', path: '/seed', old: 1 },
    { op: 'replace', path: '/lr', old: 0.1, value: 0.2 },
    { op: 'add', path: '/deep/y', value: [2] },
  ]);
});

test('elements are found again by a field that tells them apart', () => {
  const a = [
    { name: 'conv1', units: 32 },
    { name: 'conv2', units: 64 },
    { name: 'out', units: 10 },
  ];
  const b = [
    { name: 'conv1', units: 32 },
    { name: 'drop', rate: 0.1 },
    { name: 'conv2', units: 128 },
    a[2] as Node,
  ];
  assert.deepEqual(operations(a, b), [
    { op: 'add', path: '/1', value: { name: 'drop', rate: 0.1 } },
    { op: 'replace', path: '/2/units', old: 64, value: 128 },
  ]);
});

test('an element that stands elsewhere was moved, and the others stay', () => {
  assert.deepEqual(operations(['a', 'b', 'c', 'd'], ['b', 'c', 'd', 'a']), [
    { op: 'move', from: '/0', path: '/3' },
  ]);
  assert.deepEqual(operations([1, 2, 3, 4], [4, 1, 2, 3]), [{ op: 'move', from: '/3', path: '/0' }]);
});

test('an element that changed in its place was replaced', () => {
  assert.deepEqual(operations([1, 2, 3], [1, 5, 3]), [{ op: 'replace', path: '/1', old: 2, value: 5 }]);
});

test('keys in another order are moved; a key that comes between others is only added', () => {
  assert.deepEqual(operations({ a: 1, b: 2 }, { b: 2, a: 1 }), [
    { op: 'move', from: '/b', path: '/b' },
    { op: 'move', from: '/a', path: '/a' },
  ]);
  assert.deepEqual(operations({ a: 1, b: 2 }, { a: 1, x: 3, b: 2 }), [{ op: 'add', path: '/x', value: 3 }]);
});

test('numbers within the tolerance are close, and nothing else is', () => {
  const close = (a: Node, b: Node) => compareJson(a, b, { atol: 0.1 }).isClose;
  assert.equal(close({ x: 1, y: [2] }, { x: 1.05, y: [2.05] }), true);
  assert.equal(close({ x: 1 }, { x: 1.2 }), false);
  assert.equal(close({ x: 1 }, { x: 1.05, y: 1 }), false);
  assert.equal(close({ x: 'a' }, { x: 'b' }), false);
  assert.equal(close({ x: { $number: 'NaN' } }, { x: 1 }), false);
});

test('keys that look like pointers, and those every object has', () => {
  const a = { 'a/b': 1, '~': 2, constructor: 3 };
  const b = { 'a/b': 2, '~': 3, toString: 4 };
  assert.deepEqual(apply(a, operations(a, b)), b);
});

// As JSON.parse makes it, with prototypes.
const json = fc
  .letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<Node>(0, 1, 2, 'a', 'b', '', null, true, -1.5, '\ud800', { $number: 'NaN' }),
      fc.array(tie('node'), { maxLength: 6 }),
      fc.dictionary(fc.constantFrom('id', 'name', 'a', 'b/c', '~d', '__proto__', '$Date'), tie('node'), {
        maxKeys: 4,
      }),
      fc.uniqueArray(fc.record({ id: fc.integer({ min: 0, max: 6 }), x: tie('node') }), {
        selector: ({ id }) => id,
        maxLength: 6,
      }) as fc.Arbitrary<Node>,
    ),
  }))
  .node.map((node) => JSON.parse(JSON.stringify(node)) as Node);

test('the operations, applied to a, give b; a value differs from itself in nothing', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      assert.deepEqual(operations(a, a), []);
      assert.deepEqual(apply(a, operations(a, b)), b);
      assert.equal(operations(a, b).length === 0, JSON.stringify(a) === JSON.stringify(b));
    }),
    { numRuns: 500 },
  );
});

test('short lists of few values: moves, additions and removals end where they should', () => {
  const list = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 });
  fc.assert(
    fc.property(list, list, (a, b) => assert.deepEqual(apply(a, operations(a, b)), b)),
    { numRuns: 500 },
  );
});
