import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Arrivals, MOST_ARRIVALS } from './arrivals.ts';

test('output that comes within one millisecond on one stream is one arrival', () => {
  const arrivals = new Arrivals();
  for (const [time, stream] of [
    [5, 0],
    [5, 0],
    [5, 1],
    [6, 1],
  ] as const)
    arrivals.add(time, stream, 10);
  assert.deepEqual(arrivals.list, [
    [5, 0, 20],
    [5, 1, 10],
    [6, 1, 10],
  ]);
});

test('however much comes, the list is bounded, in order, and no byte is lost', () => {
  const gaps = fc.array(
    fc.tuple(fc.nat(50), fc.constantFrom(0 as const, 1 as const), fc.integer({ min: 1, max: 9 })),
    {
      minLength: MOST_ARRIVALS,
      maxLength: MOST_ARRIVALS * 4,
    },
  );
  fc.assert(
    fc.property(gaps, (list) => {
      const arrivals = new Arrivals();
      const sums = [0, 0];
      let time = 0;
      for (const [gap, stream, bytes] of list) {
        time += gap;
        sums[stream] = (sums[stream] ?? 0) + bytes;
        arrivals.add(time, stream, bytes);
        assert.ok(arrivals.list.length <= MOST_ARRIVALS);
      }
      const kept = [0, 0];
      for (const [at, [time, stream, bytes]] of arrivals.list.entries()) {
        kept[stream] = (kept[stream] ?? 0) + bytes;
        assert.ok(time >= (arrivals.list[at - 1]?.[0] ?? 0));
      }
      assert.deepEqual(kept, sums);
    }),
    { numRuns: 10 },
  );
});
