import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  artifactsByName,
  encodeTree,
  PackSink,
  packObject,
  Repository,
  storeValue,
  type TreeEntry,
} from '#store';
import { MergeConflictError, MergeMissingError, MergeUsageError } from '../errors.ts';
import type { InputState } from './inputs-view.ts';
import { type MergeContext, mergedArtifacts } from './merge.ts';

const folder = mkdtempSync(join(tmpdir(), 'oxbow-merge-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const repository = Repository.create(join(folder, '.flow'));

type Values = Readonly<Record<string, unknown>>;

/** Artifacts with these values, held in memory. */
function stored(values: Values): Map<string, TreeEntry> {
  const sink = new PackSink();
  const entries = Object.entries(values).map(([name, value]) => storeValue(name, value, sink).entry);
  for (const object of sink.take()) repository.hold(object);
  return artifactsByName(entries);
}

const emptyTree = packObject('tree', encodeTree([])).id;

const branch = (step: string, values: Values): InputState => ({
  ref: { step, task: '0', artifacts: emptyTree },
  entries: stored(values),
});

interface Setting extends Partial<Pick<MergeContext, 'options' | 'isJoin'>> {
  readonly set?: Values;
  readonly base?: Values;
}

/** What a merge of branches `a`, `b`, … takes: names and the branch each comes from. */
function merged(
  branches: readonly Values[],
  { options = {}, isJoin = true, set = {}, base = {} }: Setting = {},
) {
  const inputs = branches.map((values, i) => branch('abc'.charAt(i), values));
  const context: MergeContext = {
    step: 'join',
    isJoin,
    repository,
    options,
    isSet: (name) => name in set,
    base: () => stored(base),
  };
  const entries = mergedArtifacts(inputs, context);
  return Object.fromEntries(
    [...entries].map(([name, entry]) => [
      name,
      inputs
        .filter((input) => input.entries.get(name)?.id === entry.id)
        .map(({ ref }) => ref.step)
        .join(''),
    ]),
  );
}

test('the seed document’s first merge', () => {
  const a = { pass_down: 'a', common: 5, x: 1, y: 3, from_a: 6 };
  const b = { pass_down: 'a', common: 5, x: 2, y: 4 };
  const taken = merged([a, b], { options: { exclude: ['y'] }, set: { x: 1 } });
  assert.deepEqual(taken, { pass_down: 'ab', common: 'ab', from_a: 'a' });
});

test('the seed document’s second merge', () => {
  const d = { pass_down: 'a', common: 5, conflicting: 7, x: 1 };
  const e = { pass_down: 'a', common: 5, conflicting: 8, x: 1 };
  assert.deepEqual(merged([d, e], { options: { include: ['pass_down', 'common'] } }), {
    pass_down: 'ab',
    common: 'ab',
  });
});

test('every conflict is told, with branches and digests, and nothing is merged', () => {
  const branches = [
    { same: 1, x: 1, big: new Float64Array(9) },
    { same: 1, x: 2, big: new Float64Array(8) },
    { same: 1, x: 1 },
  ];
  assert.throws(
    () => merged(branches),
    (error) => {
      assert.ok(error instanceof MergeConflictError);
      assert.deepEqual(
        error.conflicts.map(({ artifact, values }) => [artifact, values.map((value) => value.branches)]),
        [
          ['x', [['a/0', 'c/0'], ['b/0']]],
          ['big', [['a/0'], ['b/0']]],
        ],
      );
      const digests = error.conflicts.flatMap(({ values }) => values.map(({ digest }) => digest));
      assert.ok(digests.every((digest) => /^[0-9a-f]{64}$/.test(digest)));
      for (const digest of digests) assert.ok(error.message.includes(digest.slice(0, 12)));
      return true;
    },
  );
});

test('what differs in nothing but its kind, sign or order of keys differs', () => {
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [0, -0],
    [1, '1'],
    [null, undefined],
    [[1], { 0: 1 }],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [new Uint8Array(2), new Int8Array(2)],
  ];
  for (const [x, y] of pairs) assert.throws(() => merged([{ v: x }, { v: y }]), MergeConflictError);
  for (const [x] of pairs) assert.deepEqual(merged([{ v: x }, { v: structuredClone(x) }]), { v: 'ab' });
});

test('a missing name is told with those there are; conflicts come first', () => {
  const branches = [{ x: 1 }, { x: 2, y: 1 }];
  assert.throws(
    () => merged(branches, { options: { include: ['y', 'z', 'w'] } }),
    (error) =>
      error instanceof MergeMissingError &&
      String(error.artifacts) === 'z,w' &&
      /have: x, y\.$/.test(error.message),
  );
  assert.throws(() => merged(branches, { options: { include: ['x', 'z'] } }), MergeConflictError);
  assert.deepEqual(merged(branches, { options: { include: ['y', 'z'] }, set: { z: 1 } }), { y: 'b' });
});

test('without inputs there is nothing to merge, but a name may be missing', () => {
  assert.deepEqual(merged([]), {});
  assert.throws(() => merged([], { options: { include: ['x'] } }), /The branches have: no artifacts\./);
});

test('both lists at once, and a merge outside of a join, are refused', () => {
  assert.throws(() => merged([{ x: 1 }], { options: { include: ['x'], exclude: ['y'] } }), MergeUsageError);
  assert.throws(() => merged([], { isJoin: false }), MergeUsageError);
});

test('three-way takes the only change since the split, and tells when there are two', () => {
  const options = { strategy: 'three-way' } as const;
  const base = { x: 1, y: 1, big: new Float64Array(9) };
  const changed = { ...base, x: 2, big: new Float64Array(9).fill(1) };
  assert.deepEqual(merged([base, changed, base], { options, base }), { x: 'b', y: 'abc', big: 'b' });
  assert.deepEqual(merged([changed, { ...base, y: 2 }, base], { options, base }), {
    x: 'a',
    y: 'b',
    big: 'a',
  });
  assert.throws(() => merged([changed, { ...base, x: 3 }], { options, base }), MergeConflictError);
  // New on both branches: there is no value before the split to compare with.
  assert.throws(() => merged([{ z: 1 }, { z: 2 }], { options, base }), MergeConflictError);
  assert.deepEqual(merged([{ z: 1 }, { z: 1 }], { options, base }), { z: 'ab' });
});

test('branches that both changed to the same value agree', () => {
  const options = { strategy: 'three-way' } as const;
  assert.deepEqual(merged([{ x: 2 }, { x: 1 }, { x: 2 }], { options, base: { x: 1 } }), { x: 'ac' });
});
