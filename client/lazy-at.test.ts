import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Table, tableFromArrays } from 'apache-arrow';
import { ArtifactFile, ArtifactReader, BytesContent, type ObjectSource, PackSink, storeValue } from '#store';
import { FixtureStore } from './fixture-store.ts';
import { lazyAt } from './lazy-at.ts';
import { valueAt } from './value-at.ts';
import type { ValuePath } from './value-path.ts';

const N = 2 ** 20;
const weights = Float64Array.from({ length: N }, Math.random);
const table = tableFromArrays({ id: Int32Array.from({ length: N }, (_, i) => i), x: weights });

const VALUES: Readonly<Record<string, unknown>> = {
  deep: {
    opt: { lr: 0.1, at: new Date(7) },
    weights,
    'a b': [1, 2n],
    none: undefined,
    $x: { $y: [1, 2, 3] },
  },
  list: Array.from({ length: 30_000 }, (_, i) => ({ i, at: new Date(i) })),
  table,
  set: new Set(['a', 'b', 3n]),
  map: new Map([['k', { deep: [1, 2] }]]),
  text: 'text '.repeat(40_000),
  small: { list: [1, [2, 3]], text: 'abc' },
};

const PATHS: readonly (readonly [string, ValuePath])[] = [
  ['deep', []],
  ['deep', ['opt', 'lr']],
  ['deep', ['opt', 'at']],
  ['deep', ['none']],
  ['deep', ['weights', -1]],
  ['deep', ['weights', { from: 5, to: 8 }, 1]],
  ['deep', ['a b', { from: 1 }, 0]],
  ['deep', ['$x', '$y', { to: -1 }]],
  ['list', [29_999, 'i']],
  ['list', [{ from: -2 }, 0, 'at']],
  ['list', [{}, 7, 'i']],
  ['table', ['x', 77]],
  ['table', ['x', { from: 77, to: 79 }, 1]],
  ['table', [-1, 'id']],
  ['table', [{ from: 5, to: 6 }, 'id', 0]],
  ['set', [1]],
  ['set', [{ from: 1 }]],
  ['map', ['k', 'deep', 1]],
  ['map', [0, 1, 'deep', { from: 1 }]],
  ['text', [{ from: 5, to: 9 }]],
  ['small', ['list', 1, { from: -1 }]],
  ['small', ['text', { from: 1 }]],
];

const DEAD_ENDS: readonly (readonly [string, ValuePath])[] = [
  ['deep', ['opt', 'rl']],
  ['deep', ['weights', N]],
  ['deep', ['opt', { from: 1 }]],
  ['deep', ['opt', 'lr', { from: 1 }]],
  ['list', [2, 'j']],
  ['list', ['i']],
  ['table', ['y']],
  ['table', ['x', N]],
  ['small', ['list', 9]],
];

const stored = new Map(
  Object.entries(VALUES).map(([name, value]) => {
    const sink = new PackSink();
    const { entry } = storeValue(name, value, sink);
    return [name, { entry, objects: sink.take() }] as const;
  }),
);

describe('a part of a stored value is what it is in memory', () => {
  for (const [name, path] of PATHS) {
    test(`${name} ${JSON.stringify(path)}`, (t) =>
      assert.deepEqual(lazyAt(readerOf(t, name).view, path, name), valueAt(VALUES[name], path, name)));
  }
});

describe('a path that leads nowhere says the same as in memory', () => {
  for (const [name, path] of DEAD_ENDS) {
    test(`${name} ${JSON.stringify(path)}`, (t) => {
      const message = messageOf(() => valueAt(VALUES[name], path, name));
      assert.equal(
        messageOf(() => lazyAt(readerOf(t, name).view, path, name)),
        message,
      );
    });
  }
});

describe('only the chunks a part lies in are read', () => {
  const LIMITS: readonly (readonly [string, ValuePath, number])[] = [
    ['deep', ['opt', 'lr'], 0],
    ['deep', ['weights', 500_000], 1],
    ['deep', ['weights', { from: 500_000, to: 500_010 }], 1],
    ['list', [{ from: 20_000, to: 20_003 }], 3],
    ['table', ['x'], 8],
    ['table', ['x', { from: 500_000, to: 500_010 }], 1],
    ['table', [{ from: 500_000, to: 500_010 }], 2],
    ['table', [1, 'id'], 2],
  ];
  for (const [name, path, most] of LIMITS) {
    test(`${name} ${JSON.stringify(path)}`, (t) => {
      let blobs = 0;
      const reader = readerOf(t, name, () => {
        blobs += 1;
      });
      lazyAt(reader.view, path, name);
      assert.ok(blobs <= most + 1, `${blobs} blobs were read`); // One is value.json.
    });
  }
});

test('slices and columns through the client', (t) => {
  const store = FixtureStore.for(t);
  store.run({ tasks: [{ step: 'start', artifacts: VALUES }] });
  const of = (rest: string) => store.client.Artifact(`ForeachFlow/latest/start/0/${rest}`);
  assert.deepEqual(of('deep#weights[10:12]').data, weights.slice(10, 12));
  assert.deepEqual(of('deep#weights').slice(-2), weights.slice(-2));
  assert.equal(of('deep#weights[:2]').pathspec.endsWith('/deep#weights[:2]'), true);
  assert.equal(of('text').slice(5, 9), 'text');
  assert.equal(of('text').at('[:4]'), 'text');
  assert.deepEqual((of('table').column('x') as { toArray(): unknown }).toArray(), weights);
  assert.deepEqual([...of('table').column('id', 3, 5)], [3, 4]);
  assert.deepEqual([...of('table#id[3:5]').data], [3, 4]);
  assert.equal((of('table').slice(-3) as Table).numRows, 3);
  assert.throws(
    () => of('table').column('y'),
    /table is a table of 1048576 rows and has no key "y"\. Its keys: id, x\./,
  );
  assert.throws(() => of('deep').slice(1), /deep is an Object and has no elements\.$/);
});

test('a stretch of a file is its bytes', (t) => {
  const store = FixtureStore.for(t);
  const file = new ArtifactFile({ name: 'f' }, new BytesContent(Buffer.from('some bytes')));
  store.run({ tasks: [{ step: 'start', artifacts: { file, inside: { file } } }] });
  const of = (rest: string) => store.client.Artifact(`ForeachFlow/latest/start/0/${rest}`);
  assert.equal(String(of('file#[5:]').data), 'bytes');
  assert.equal(String(of('file').slice(0, 4)), 'some');
  assert.equal(String(of('inside#file[-5:]').data), 'bytes');
});

/** A reader of a stored value that tells of every blob it reads. */
function readerOf(
  t: { after(clean: () => void): void },
  name: string,
  onBlob: () => void = () => {},
): ArtifactReader {
  const { entry, objects } = stored.get(name) ?? assert.fail();
  const { repository } = FixtureStore.for(t);
  for (const object of objects) repository.hold(object);
  const source: ObjectSource = {
    blob(id) {
      onBlob();
      return repository.blob(id);
    },
    tree: (id) => repository.tree(id),
    storedBytes: (id) => repository.storedBytes(id),
  };
  return new ArtifactReader(source, entry);
}

function messageOf(act: () => unknown): string {
  try {
    return assert.fail(String(act()));
  } catch (error) {
    return (error as Error).message;
  }
}
