import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DelayedQueue } from './delayed-queue.ts';

test('what waits comes in the order of its time, together when it is due together', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000 });
  const released: string[][] = [];
  const queue = new DelayedQueue<string>((items) => released.push([...items]), Date.now);
  queue.add('late', 1300);
  queue.add('soon', 1100);
  queue.add('with it', 1100);
  queue.add('overdue', 900);
  assert.equal(queue.size, 4);
  t.mock.timers.tick(0);
  t.mock.timers.tick(99);
  assert.deepEqual(released, [['overdue']]);
  t.mock.timers.tick(1);
  t.mock.timers.tick(200);
  assert.deepEqual(released, [['overdue'], ['soon', 'with it'], ['late']]);
  assert.equal(queue.size, 0);
});

test('a wait longer than a timer of Node holds is waited out', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
  const released: string[] = [];
  const queue = new DelayedQueue<string>((items) => released.push(...items), Date.now);
  queue.add('in 30 days', 30 * 86_400_000);
  t.mock.timers.tick(2 ** 31 - 1);
  assert.deepEqual(released, []);
  t.mock.timers.tick(6 * 86_400_000);
  assert.deepEqual(released, ['in 30 days']);
});

test('what is cleared is returned and never released', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
  const queue = new DelayedQueue<string>(() => assert.fail('released'), Date.now);
  queue.add('b', 20);
  queue.add('a', 10);
  assert.deepEqual(queue.clear(), ['a', 'b']);
  t.mock.timers.tick(100);
});
