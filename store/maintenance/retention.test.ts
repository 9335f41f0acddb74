import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectId } from '../ids.ts';
import { type RetentionPolicy, runsToDelete } from './retention.ts';
import type { ListedRun } from './run-list.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 22);

const run = (day: number, more: Partial<ListedRun> = {}): ListedRun => ({
  flow: 'F',
  id: `${20260000 + day}-000000-00000`,
  commit: '0'.repeat(40) as ObjectId,
  state: 'successful',
  createdAt: NOW - (20 - day) * DAY,
  tags: [],
  systemTags: ['user:ann'],
  ...more,
});

const RUNS = [
  run(1),
  run(2, { state: 'failed' }),
  run(3, { tags: ['best'] }),
  run(4, { state: 'crashed' }),
  run(5, { flow: 'G', systemTags: ['user:bob'] }),
  run(6, { state: 'running' }),
  run(7, { tags: ['best', 'old'] }),
  run(8),
];

const cases: readonly (readonly [name: string, policy: RetentionPolicy, days: readonly number[]])[] = [
  ['no rule deletes nothing', {}, []],
  ['a flow alone is no rule', { flows: ['F'] }, []],
  ['the newest of each flow stay', { keepLast: 3 }, [1, 2, 4]],
  ['zero newest', { keepLast: 0 }, [1, 2, 4, 5, 8]],
  ['young ones stay', { newerThan: 17.5 * DAY }, [1, 2]],
  ['any rule keeps', { newerThan: 17.5 * DAY, keepLast: 6 }, [1]],
  ['tagged ones go when asked for', { keepLast: 1, includeTagged: true }, [1, 2, 3, 4, 7]],
  ['a tag selects', { tags: ['best'] }, [3, 7]],
  ['a tag selects, the newest stay', { tags: ['best'], keepLast: 1 }, [3]],
  ['a state selects', { states: ['failed', 'crashed'] }, [2, 4]],
  ['running ones stay even when asked for', { states: ['running'] }, []],
  ['a flow selects', { flows: ['G'], keepLast: 0 }, [5]],
  ['a user selects', { namespace: 'user:bob', keepLast: 0 }, [5]],
];
for (const [name, policy, days] of cases) {
  test(name, () => {
    const going = runsToDelete(RUNS, policy, NOW).map(({ id }) => Number(id.slice(6, 8)));
    assert.deepEqual(going, days);
  });
}
