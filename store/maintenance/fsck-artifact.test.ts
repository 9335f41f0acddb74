import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeValue } from '../artifact.ts';
import { registerCodec } from '../codec/registry.ts';
import { scratchRepository } from '../git/scratch.ts';
import { encodeTree, type TreeEntry } from '../git/tree.ts';
import { PackSink } from '../history/pack-sink.ts';
import { plainRuns, writeRuns } from './fixture-runs.ts';
import { fsck } from './fsck.ts';
import { checkArtifact } from './fsck-artifact.ts';

/** An artifact as somebody might write it: every digest is right, and the skeleton is what is asked for. */
function artifactOf(
  repository: ReturnType<typeof scratchRepository>,
  skeleton: unknown,
  format = 1,
): TreeEntry {
  const file = { format, codec: 'structured', type: 'object{1}', skeleton, parts: [] };
  const blob = repository.writeLoose('blob', Buffer.from(`${JSON.stringify(file, null, 2)}\n`));
  const tree = encodeTree([{ mode: '100644', name: 'value.json', id: blob }]);
  return { mode: '40000', name: 'x', id: repository.writeLoose('tree', tree) };
}

const skeletons: readonly (readonly [
  name: string,
  skeleton: unknown,
  kind: 'hits' | 'undecoded' | undefined,
])[] = [
  ['a date', { $Date: '2026-11-22T10:47:55.006Z' }, undefined],
  ['a date that is none', { $Date: { no: 'date' } }, 'hits'],
  ['a Map of a number', { $Map: 5 }, 'hits'],
  ['a reference to nothing', { $ref: 7 }, 'hits'],
  ['a part that is not there', { $string: 3 }, 'hits'],
  ['an unknown tag', { $Nothing: 1 }, 'hits'],
  [
    'an instance of a class that this process does not know',
    { $class: { name: 'Nowhere', fields: { a: 1 } } },
    undefined,
  ],
];
for (const [name, skeleton, kind] of skeletons) {
  test(`${name}: ${kind === undefined ? 'is decoded' : 'is told when values are asked for'}`, (t) => {
    const repository = scratchRepository(t);
    const entry = artifactOf(repository, skeleton);
    assert.equal(checkArtifact(repository, entry, true)?.kind, kind);
    const withoutValues = checkArtifact(repository, entry, false);
    if (kind === undefined) assert.equal(withoutValues, undefined);
  });
}

test('decoding executes no code that the store names', (t) => {
  const repository = scratchRepository(t);
  let made = 0;
  class Counted {
    constructor() {
      made += 1;
    }
  }
  registerCodec(Counted);
  const entry = artifactOf(repository, { $class: { name: 'Counted', fields: { a: 1 } } });
  assert.equal(checkArtifact(repository, entry, true), undefined);
  assert.equal(made, 0);
});

test('every kind of value decodes', (t) => {
  const repository = scratchRepository(t);
  const sink = new PackSink();
  const values = [
    1,
    'text '.repeat(50_000),
    new Map([[{ a: 1 }, new Set([1n])]]),
    Float64Array.from({ length: 300_000 }, (_, at) => at),
    Array.from({ length: 20_000 }, (_, at) => ({ at })),
    new Error('told'),
  ];
  const entries = values.map((value, at) => storeValue(`v${at}`, value, sink).entry);
  repository.writePack(sink.take(), { sync: false });
  for (const entry of entries) assert.equal(checkArtifact(repository, entry, true), undefined, entry.name);
});

test('fsck decodes the artifacts of all runs when asked', (t) => {
  const repository = scratchRepository(t);
  writeRuns(repository, plainRuns(3), 3);
  const { hits, undecoded, artifacts } = fsck(repository, undefined, { values: true });
  assert.deepEqual([hits, undecoded], [[], []]);
  assert.ok(artifacts >= 6);
});
