import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObjectType, objectIdOf } from './object.ts';
import { git, scratchRepository } from './scratch.ts';

test('an object is named as git names it, below and above the size of the scratch buffer', (t) => {
  const { path } = scratchRepository(t);
  for (const length of [0, 1, 100, 8180, 8191, 8192, 8193, 100_000]) {
    const body = Buffer.alloc(length, 'x€');
    assert.equal(objectIdOf('blob', body), git(path, ['hash-object', '--stdin'], body).trim());
  }
});

test('the kind of an object is part of its name', () => {
  const names = (['blob', 'tree', 'commit', 'tag'] as const).map((type) => objectIdOf(type, Buffer.alloc(0)));
  assert.equal(new Set(names).size, 4);
  assert.equal(names[1], '4b825dc642cb6eb9a060e54bf8d69288fbee4904');
});

test('only the four kinds of object are kinds', () => {
  assert.deepEqual(['blob', 'tag', 'delta', ''].map(isObjectType), [true, true, false, false]);
});
