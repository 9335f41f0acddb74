import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { newRunId, parseRunId } from './run-id.ts';

test('a run id reads as its time in UTC', () => {
  assert.match(newRunId(new Date('2026-11-22T10:47:55.123Z')), /^20261122-104755-123[0-9a-hjkmnp-tv-z]{2}$/);
});

test('ids sort by time and parse', () => {
  const times = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(times, times, (a, b) => {
      const [first, second] = [newRunId(a), newRunId(b)];
      assert.equal(parseRunId(first), first);
      if (a.getTime() < b.getTime()) assert.ok(first < second);
    }),
  );
});

test('what is no run id is refused with the form it should have', () => {
  for (const text of [
    '',
    'latest',
    '20261122-104755-123',
    '20261122-104755-123i1',
    '2026-1122-104755-123k7',
  ]) {
    assert.throws(() => parseRunId(text), /is not a run id: expected the form 20261122-104755-123k7/);
  }
});
