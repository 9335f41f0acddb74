import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { storeValue } from '../artifact.ts';
import { artifactFileName, artifactNameOf } from './artifact-name.ts';
import { FakeObjects } from './fake-objects.ts';

test('a name a program would use stays as it is', () => {
  for (const name of ['x', '_private', '$a', 'größe', '名前', 'a.b', 'a b', 'x-1'])
    assert.equal(artifactFileName(name), name);
});

test('a name git or a file system would mind is written with escapes', () => {
  assert.equal(artifactFileName('a/b'), 'a%002fb');
  assert.equal(artifactFileName('.git'), '%002egit');
  assert.equal(artifactFileName('GIT~1'), 'GIT%007e1');
  assert.equal(artifactFileName('x.json'), 'x%002ejson');
  assert.equal(artifactFileName('100%'), '100%0025');
  assert.equal(artifactFileName('\ud800'), '%d800');
  assert.equal(artifactFileName('a\u200b.'), 'a\u200b%002e');
});

const anyName = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary', maxLength: 60 }),
  fc.string({
    minLength: 1,
    unit: fc.constantFrom('.', 'g', 'i', 't', '~', '1', '/', '%', '0', ' ', ':', 'json', '\u200c', '\ud800'),
    maxLength: 30,
  }),
);

test('every name can be stored and comes back, no two under one file name', () => {
  fc.assert(
    fc.property(anyName, fc.constantFrom<unknown>(1, undefined), (name, value) => {
      const objects = new FakeObjects();
      const { entry } = storeValue(name, value, objects);
      objects.tree([entry]);
      assert.equal(artifactNameOf(entry), name);
    }),
    { numRuns: 1000 },
  );
});
