import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedCache } from './bounded-cache.ts';

function cache(limit: number): { values: BoundedCache<string, number>; gone: number[] } {
  const gone: number[] = [];
  return {
    values: new BoundedCache({ limit, weigh: (value) => value, dispose: (value) => gone.push(value) }),
    gone,
  };
}

test('the least recently used values go first', () => {
  const { values, gone } = cache(10);
  values.set('a', 4);
  values.set('b', 5);
  values.get('a');
  values.set('c', 3);
  assert.deepEqual(gone, [5]);
  assert.deepEqual([values.get('a'), values.get('b'), values.get('c')], [4, undefined, 3]);
});

test('a value heavier than the limit stays until the next one', () => {
  const { values, gone } = cache(10);
  assert.equal(values.set('a', 50), 50);
  assert.equal(values.get('a'), 50);
  values.set('b', 1);
  assert.deepEqual(gone, [50]);
});

test('a value replaced, deleted or cleared is disposed of once', () => {
  const { values, gone } = cache(100);
  values.set('a', 1);
  values.set('a', 2);
  values.set('b', 3);
  values.delete('b');
  values.delete('b');
  values.clear();
  assert.deepEqual(gone, [1, 3, 2]);
});
