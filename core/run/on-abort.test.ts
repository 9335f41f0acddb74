import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { onAbort } from './on-abort.ts';

const count = ({ signal }: AbortController): number => getEventListeners(signal, 'abort').length;

test('any number of runs share one listener on a signal, and leave none', () => {
  const controller = new AbortController();
  const acted: number[] = [];
  const stops = Array.from({ length: 20 }, (_, i) => onAbort(controller.signal, () => acted.push(i)));
  assert.equal(count(controller), 1);
  for (const stop of stops.slice(0, 18)) stop();
  assert.equal(count(controller), 1);
  controller.abort();
  assert.deepEqual(acted, [18, 19]);
  assert.equal(count(controller), 0);
});

test('the last one that lets go takes the listener along, and the next one listens again', () => {
  const controller = new AbortController();
  const act = (): void => {};
  const stops = [onAbort(controller.signal, act), onAbort(controller.signal, act)];
  stops[0]?.();
  stops[0]?.();
  assert.equal(count(controller), 1);
  stops[1]?.();
  assert.equal(count(controller), 0);
  let acts = 0;
  onAbort(controller.signal, () => {
    acts += 1;
  });
  controller.abort();
  assert.equal(acts, 1);
});

test('a signal that is aborted already acts at once', async () => {
  let acts = 0;
  onAbort(AbortSignal.abort(), () => {
    acts += 1;
  });
  await Promise.resolve();
  assert.equal(acts, 1);
});
