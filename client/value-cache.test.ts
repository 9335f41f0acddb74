import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ValueCache } from './value-cache.ts';

/** Makes slots of one cache, and counts what they load. */
function counting(limit: number) {
  const cache = new ValueCache(limit);
  const loads = {
    count: 0,
    slot: (size: number) =>
      cache.slot(
        () => size,
        () => ({ count: ++loads.count }),
      ),
  };
  return loads;
}

test('a kept value is loaded once, and is the same object', () => {
  for (const size of [10, 5000]) {
    const loads = counting(10_000);
    const slot = loads.slot(size);
    assert.equal(slot.value, slot.value);
    assert.equal(loads.count, 1);
  }
});

test('the least recently used goes when the limit is passed', () => {
  const loads = counting(10_000);
  const [a, b, c] = [loads.slot(4000), loads.slot(4000), loads.slot(4000)];
  void [a.value, b.value, a.value, c.value];
  assert.equal(loads.count, 3);
  void a.value;
  assert.equal(loads.count, 3, 'a was used after b and stays');
  void b.value;
  assert.equal(loads.count, 4, 'b had gone');
});

test('the newest stays, however large', () => {
  const loads = counting(10_000);
  const [small, large] = [loads.slot(5000), loads.slot(500_000)];
  void [small.value, large.value, large.value];
  assert.equal(loads.count, 2);
  void small.value;
  assert.equal(loads.count, 3);
});

test('a load that fails leaves nothing behind', () => {
  const cache = new ValueCache(100);
  let isBroken = true;
  const slot = cache.slot(
    () => 1,
    () => (isBroken ? assert.fail('broken') : 5),
  );
  assert.throws(() => slot.value, /broken/);
  isBroken = false;
  assert.equal(slot.value, 5);
});

test('a value goes with the object that loaded it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const cache = new ValueCache();
  const gone = new Set<number>();
  const registry = new FinalizationRegistry<number>((size) => gone.add(size));
  for (const size of [10, 5000]) {
    const value = { size };
    registry.register(value, size);
    void cache.slot(
      () => size,
      () => value,
    ).value;
  }
  for (let tries = 0; gone.size < 2 && tries < 200; tries++) {
    collect();
    await wait(5);
  }
  assert.deepEqual([...gone].sort(), [10, 5000]);
});
