import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValueCache } from './value-cache.ts';

function counting(): { load: () => object; readonly count: number } {
  let count = 0;
  return {
    load: () => ({ count: ++count }),
    get count() {
      return count;
    },
  };
}

test('a kept value is loaded once, and is the same object', () => {
  const cache = new ValueCache(100);
  const key = {};
  const loads = counting();
  assert.equal(cache.get(key, 10, loads.load), cache.get(key, 10, loads.load));
  assert.equal(loads.count, 1);
});

test('the least recently used goes when the limit is passed', () => {
  const cache = new ValueCache(100);
  const loads = counting();
  const [a, b, c] = [{ k: 'a' }, { k: 'b' }, { k: 'c' }];
  cache.get(a, 40, loads.load);
  cache.get(b, 40, loads.load);
  cache.get(a, 40, loads.load);
  cache.get(c, 40, loads.load);
  assert.equal(loads.count, 3);
  cache.get(a, 40, loads.load);
  assert.equal(loads.count, 3, 'a was used after b and stays');
  cache.get(b, 40, loads.load);
  assert.equal(loads.count, 4, 'b had gone');
});

test('the newest stays, however large', () => {
  const cache = new ValueCache(100);
  const loads = counting();
  const [small, large] = [{ k: 'small' }, { k: 'large' }];
  cache.get(small, 50, loads.load);
  cache.get(large, 5000, loads.load);
  cache.get(large, 5000, loads.load);
  assert.equal(loads.count, 2);
  cache.get(small, 50, loads.load);
  assert.equal(loads.count, 3);
});

test('a load that fails leaves nothing behind', () => {
  const cache = new ValueCache(100);
  const key = {};
  assert.throws(() => cache.get(key, 1, () => assert.fail('broken')), /broken/);
  assert.equal(
    cache.get(key, 1, () => 5),
    5,
  );
});
