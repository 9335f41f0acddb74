import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { tableFromArrays } from 'apache-arrow';
import { ArtifactFile, BytesContent, type ObjectId, PackSink, Repository, storeValue } from '#store';
import { RunValues } from './run-values.ts';

const folder = mkdtempSync(join(tmpdir(), 'oxbow-run-values-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const repository = Repository.create(join(folder, '.flow'));

/** Blobs read since a test cleared it. */
const reads: ObjectId[] = [];
const read = repository.blob.bind(repository);
repository.blob = (id) => {
  reads.push(id);
  return read(id);
};

const values = new RunValues({
  repository,
  parameterFields: new Map(),
  configs: new Set(),
  fieldReads: [],
  parameters: new Map(),
  constants: new Map(),
});

/** The tree of a task's artifacts. */
function artifactsOf(artifacts: object): ObjectId {
  const sink = new PackSink();
  const tree = sink.tree(
    Object.entries(artifacts).map(([name, value]) => storeValue(name, value, sink).entry),
  );
  repository.writePack(sink.take(), { sync: false });
  return tree;
}

const elementOf = (artifacts: ObjectId, index: number) =>
  values.element({ step: 'start', artifacts, variable: 'list', index }).value;

const N = 400_000;
const numbers = Float64Array.from({ length: N }, Math.random);

describe('a task of a foreach reads its element and no other', () => {
  const LISTS: Record<string, { list: unknown; element: (index: number) => unknown; most: number }> = {
    'of a typed array': { list: numbers, element: (i) => numbers[i], most: 1 },
    'of records': {
      list: Array.from({ length: 60_000 }, (_, i) => ({ i, x: numbers[i] })),
      element: (i) => ({ i, x: numbers[i] }),
      most: 2,
    },
    'of a table': {
      list: tableFromArrays({ id: Int32Array.from({ length: N }, (_, i) => i), x: numbers }),
      element: (i) => ({ id: i, x: numbers[i] }),
      most: 2,
    },
    'of a text': { list: 'abcdefgh'.repeat(200_000), element: (i) => 'abcdefgh'[i % 8], most: 1 },
  };
  for (const [name, { list, element, most }] of Object.entries(LISTS)) {
    test(name, () => {
      const artifacts = artifactsOf({ list, other: numbers });
      elementOf(artifacts, 0); // Opens the list: value.json, and where its rows end.
      for (const index of [50_000, 20_000]) {
        reads.length = 0;
        assert.deepEqual(elementOf(artifacts, index), element(index));
        assert.ok(reads.length <= most, `${reads.length} blobs were read`);
      }
    });
  }

  test('of files: none before its bytes are asked for', () => {
    const list = ['a', 'b'].map(
      (name) => new ArtifactFile({ name }, new BytesContent(Buffer.from(name.repeat(2000)))),
    );
    const artifacts = artifactsOf({ list });
    elementOf(artifacts, 0);
    reads.length = 0;
    const file = elementOf(artifacts, 1) as ArtifactFile;
    assert.deepEqual([file.name, file.size, reads.length], ['b', 2000, 0]);
    assert.equal(file.text(), 'b'.repeat(2000));
    assert.equal(reads.length, 1);
  });

  test('an element is the task’s own', () => {
    const artifacts = artifactsOf({ list: [{ a: 1 }] });
    Object.assign(elementOf(artifacts, 0) as object, { a: 2 });
    assert.deepEqual(elementOf(artifacts, 0), { a: 1 });
  });
});
