import assert from 'node:assert/strict';
import test from 'node:test';
import type { Run, Task } from '#client';
import { paper } from '../rig/paper.ts';
import { Listing } from './listing-of.ts';
import { stepSummaries } from './step-summary.ts';

const COUNT = 5000;
const BEGUN = '2026-01-01T00:00:00.000Z';
const ENDED = '2026-01-01T00:01:00.000Z';

/** What the summary of a step of many tasks is, one of which failed and may be tried again, and how many records it takes. */
function summarised({
  status = 'failed',
  tasks = COUNT,
  retryAt,
}: {
  status?: string;
  tasks?: number;
  retryAt?: string;
}) {
  let read = 0;
  const all = Array.from({ length: COUNT }, (_, index) => ({
    pathspec: `F/1/a/${index}`,
    successful: index !== 7,
    finishedAt: new Date(ENDED),
    get metadata() {
      read += 1;
      return { startedAt: BEGUN, ...(index === 7 && retryAt ? { retryAt } : {}) };
    },
  }));
  const wideSteps = [{ step: 'a', tasks, failed: 1, withOutput: 0, startedAt: BEGUN, finishedAt: ENDED }];
  const run = { status, graph: { steps: [{ name: 'a', next: ['end'] }] }, totals: { wideSteps } };
  const step = { id: 'a', parent: run, tasks: () => [...all] as unknown as Task[] };
  const [summary] = stepSummaries({ ...run, steps: () => [step] } as unknown as Run, new Listing(paper()));
  return { summary, read };
}

const WHOLE = { name: 'a', status: 'failed', tasks: COUNT, failed: 1, milliseconds: 60_000 };

test('of a wide step the record of the run tells what it came to, and no task is opened', () => {
  assert.deepEqual(summarised({}), { summary: WHOLE, read: 0 });
});

test('the tasks tell it when the record speaks of others, or cannot know which are tried again', () => {
  assert.deepEqual(summarised({ tasks: COUNT - 1 }), { summary: WHOLE, read: COUNT });
  const again = summarised({ status: 'running', retryAt: ENDED });
  assert.deepEqual(again, { summary: { ...WHOLE, status: 'running', failed: 0 }, read: COUNT });
});
