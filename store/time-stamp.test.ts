import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshTimeStamp, timeStamp } from './time-stamp.ts';

const HOUR = 3_600_000;
const { now } = Date;

afterEach(() => {
  Date.now = now;
});

test('time stamps are the time', () => {
  assert.ok(Math.abs(timeStamp() - Date.now()) < 500);
});

for (const [name, shift] of Object.entries({ back: -HOUR, forward: HOUR }))
  test(`a wall clock that is set ${name} moves no time stamp`, async () => {
    const before = timeStamp();
    Date.now = () => now() + shift;
    const after = timeStamp();
    await sleep(20);
    const later = timeStamp();
    Date.now = now;
    const atLast = timeStamp();
    assert.ok(after >= before && after - before < 1000, `${after - before}`);
    assert.ok(later - after >= 15 && later - after < 5000, `${later - after}`);
    assert.ok(atLast >= later && atLast - later < 1000, `${atLast - later}`);
  });

test('what begins anew takes over a clock that was set forward, never one that was set back', () => {
  const before = timeStamp();
  Date.now = () => now() - HOUR;
  assert.ok(freshTimeStamp() >= before);
  Date.now = () => now() + HOUR;
  assert.ok(freshTimeStamp() >= before + HOUR);
  Date.now = now;
  assert.ok(timeStamp() >= before + HOUR, 'and it stays so');
});
