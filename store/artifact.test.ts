import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import { ArtifactReader, sameValue, storeValue } from './artifact.ts';
import { loadArrow } from './codec/arrow.ts';
import { FakeObjects } from './codec/fake-objects.ts';
import { keep, valueFile } from './codec/fixtures.ts';

describe('the place of a value', () => {
  test('small JSON is one readable blob, its digest the SHA-256 of it', () => {
    const { objects, stored } = keep({ b: 1, a: ['x'] });
    const bytes = objects.blob(stored.entry.id);
    assert.deepEqual({ ...stored.entry, id: '' }, { mode: '100644', name: 'x.json', id: '' });
    assert.equal(Buffer.from(bytes).toString(), '{\n  "b": 1,\n  "a": [\n    "x"\n  ]\n}\n');
    assert.equal(stored.digest, hash('sha256', bytes));
  });

  test('the limit is 64 KiB of canonical text', () => {
    const overhead = '""\n'.length;
    assert.equal(keep('x'.repeat(65_535 - overhead)).stored.entry.name, 'x.json');
    assert.equal(keep('x'.repeat(65_536 - overhead)).stored.entry.name, 'x');
    assert.equal(keep('é'.repeat(32_767)).stored.entry.name, 'x');
  });

  test('large JSON lists its rows, so that one is found alone', () => {
    const kept = keep(Array.from({ length: 5000 }, (_, i) => ({ name: `row ${i}` })));
    const { codec, type, skeleton, parts } = valueFile(kept);
    assert.deepEqual([codec, type, skeleton], ['json', 'array[5000]', { $rows: [0, 1] }]);
    assert.deepEqual(
      parts.map(({ kind }) => kind),
      ['json', 'numeric'],
    );
  });

  test('equal parts are stored once', () => {
    const [a, b] = [new Uint8Array(5000), new Uint8Array(5000)];
    const kept = keep({ a, b });
    assert.equal(valueFile(kept).parts.length, 1);
    const back = kept.reader.load() as { a: Uint8Array; b: Uint8Array };
    assert.notEqual(back.a.buffer, back.b.buffer);
  });

  test('nothing in value.json depends on how parts were compressed or cut', () => {
    const kept = keep({
      random: new Float64Array(200_000).map(() => Math.random()),
      zeros: new Float64Array(200_000),
    });
    const parts = kept.objects.tree(kept.stored.entry.id).find(({ name }) => name === 'parts');
    assert.ok(parts);
    const chunks = kept.objects
      .tree(parts.id)
      .map(({ id, mode }) => (mode === '40000' ? kept.objects.tree(id) : []));
    assert.deepEqual(
      chunks[0]?.map(({ name }) => name),
      ['000000000000', '000001048576'],
    );
    assert.deepEqual(
      chunks[1]?.map(({ name }) => name),
      ['000000000000.zst', '000001048576.zst'],
    );
  });

  test('the stored size is that of all objects of the value, and no blob is read for it', () => {
    const values = [
      { small: 1 },
      { random: new Float64Array(200_000).map(() => Math.random()) },
      [1, new Map()],
    ];
    for (const value of values) {
      const { objects, reader } = keep(value);
      const sizes = [...objects.objects.values()].map(({ body }) => body.length);
      objects.reads.length = 0;
      assert.equal(
        reader.storedSize,
        sizes.reduce((sum, size) => sum + size, 0),
      );
      assert.ok(objects.reads.every((id) => objects.objects.get(id)?.type === 'tree'));
    }
    const zeros = keep(new Float64Array(200_000));
    assert.ok(zeros.reader.storedSize < zeros.reader.size / 100);
  });

  test('toJSON of a polluted prototype takes no part', () => {
    const value = { when: 1, list: ['a'] };
    const { digest } = keep(value).stored;
    Object.defineProperty(Object.prototype, 'toJSON', { value: () => 'no', configurable: true });
    try {
      assert.equal(keep(value).stored.digest, digest);
      assert.ok(Object.hasOwn(Object.prototype, 'toJSON'));
    } finally {
      Reflect.deleteProperty(Object.prototype, 'toJSON');
    }
  });

  test('digests are those written down here, whatever Node and compressor', () => {
    for (const [value, digest] of GOLDEN) assert.equal(keep(value).stored.digest, digest);
  });
});

const noise = new Uint32Array(500_000).map((_, i) => Math.imul(i, 2654435761) ^ (i << 7));

const GOLDEN: readonly [unknown, string][] = [
  [{ b: 1, a: ['ü', null, 1e21] }, 'f7a904a33b0b8353a8b20695296acaaf115cca697b9da85a309bdd10443ba7dd'],
  [
    [undefined, -0, Number.NaN, 2n ** 70n, new Date(0)],
    '76b8adb5374a24e43ef2bf30f8224fb1218d831fb34326c3e2434cae66af2463',
  ],
  [new Map([['k', new Set([/a/g])]]), 'b430d195396431a59cd93c55096d180c8d117d8085bdc05fe5f9ae627dd5dd6a'],
  [Float64Array.of(0.1, -0, Number.NaN), '60452f56df0e83eee7a282ee379ee75dc63611054af65cbc0f76fc20906cf0ae'],
  [
    { numbers: Float64Array.from(noise), bytes: Buffer.from(noise.buffer) },
    'ffba5e4037872db558110b8e775576c27feca1338a35e94316e959daceb9965d',
  ],
  [
    Array.from({ length: 5000 }, (_, i) => ({ i, text: `row ${i}` })),
    'cf01dab90f2a18dc696bd00c7af1b77b47b4396bc1c588c50fd6f2009840ff9d',
  ],
  [
    { text: 'ü'.repeat(70_000), list: Array.from({ length: 5000 }, (_, i) => i / 7) },
    '6ca3d6927395049ee57d4434a6ff27b3436cfc42d45c31ad4808c27b19f13e1b',
  ],
  [
    loadArrow().tableFromArrays({ x: Float64Array.of(1, 2), name: ['a', 'b'] }),
    '18f539616b64ec10e204f935c474353a0af3f30a434fca87188c62fa404997d2',
  ],
];

describe('sameValue', () => {
  const objects = new FakeObjects();
  const entry = (value: unknown) => storeValue('x', value, objects).entry;

  test('tells equal from different without loading', () => {
    assert.ok(sameValue(objects, entry({ a: 1 }), entry({ a: 1 })));
    assert.ok(!sameValue(objects, entry({ a: 1 }), entry({ a: 2 })));
    assert.ok(!sameValue(objects, entry({ a: 1, b: 2 }), entry({ b: 2, a: 1 })));
    assert.ok(!sameValue(objects, entry(0), entry(-0)));
    assert.ok(!sameValue(objects, entry(new Float64Array(999)), entry(new Float64Array(998))));
  });

  test('does not mind another compressor', () => {
    const tree = entry(new Float64Array(9000));
    const [file, parts] = ['value.json', 'parts'].map((name) =>
      objects.tree(tree.id).find((e) => e.name === name),
    );
    assert.ok(file && parts);
    const raw = objects.tree([{ mode: '100644', name: '0', id: objects.blob(new Uint8Array(72_000)) }]);
    const other = { ...tree, id: objects.tree([file, { ...parts, id: raw }]) };
    assert.notEqual(other.id, tree.id);
    assert.ok(sameValue(objects, tree, other));
    assert.deepEqual(new ArtifactReader(objects, other).load(), new Float64Array(9000));
  });
});

describe('ArtifactReader', () => {
  test('sums a value up', () => {
    const summary = (value: unknown) => keep(value).reader.type;
    assert.deepEqual(
      [
        'a',
        1,
        null,
        undefined,
        1n,
        [1, 2],
        { a: 1 },
        new Map(),
        new Set([1]),
        new Date(),
        new Float64Array(3),
        Buffer.from('ab'),
        new TypeError(''),
      ].map(summary),
      [
        'string',
        'number',
        'null',
        'undefined',
        'bigint',
        'array[2]',
        'object{1}',
        'Map{0}',
        'Set{1}',
        'Date',
        'Float64Array[3]',
        'Buffer[2]',
        'TypeError',
      ],
    );
  });

  test('refuses an artifact with another digest than the one on record', () => {
    const { objects, stored } = keep([1]);
    const other = keep([2]).stored.digest;
    assert.throws(() => new ArtifactReader(objects, stored.entry, other).load(), {
      code: 'ArtifactCorruptError',
    });
  });

  test('gives a new value at each call', () => {
    const { reader } = keep({ list: [new Date(1)] });
    assert.notEqual(reader.load(), reader.load());
  });

  test('reads nothing before it is asked', () => {
    const { objects, stored } = keep(new Float64Array(5000));
    objects.reads.length = 0;
    const reader = new ArtifactReader(objects, stored.entry);
    assert.equal(reader.name, 'x');
    assert.equal(objects.reads.length, 0);
  });
});
