import assert from 'node:assert/strict';
import test from 'node:test';
import type { RunEvent } from '#core';
import {
  begun,
  failed,
  finished,
  killed,
  over,
  RUN_ID,
  retrying,
  started,
  stopping,
  wrote,
  yields,
} from '../rig/events.ts';
import { logLinesOf } from './log-lines.ts';

const TASK = `${RUN_ID}/a/2 (pid 42)`;
const died = { name: 'WorkerDiedError', code: 'WorkerDiedError', message: 'x' };

const LINES: readonly (readonly [
  event: RunEvent,
  lines: readonly (readonly [source: string | undefined, text: string])[],
])[] = [
  [begun, [[undefined, `Workflow starting (run-id ${RUN_ID}):`]]],
  [started('a', '2'), [[TASK, 'Task is starting.']]],
  [
    wrote('a', '2', 'one\n\n two'),
    [
      [TASK, 'one'],
      [TASK, ''],
      [TASK, ' two'],
    ],
  ],
  [yields('a', '2', { next: 'b', splits: 1000 }), [[`${RUN_ID}/a/2`, 'Foreach yields 1000 child steps.']]],
  [yields('a', '2', { next: 'b', splits: 1 }), [[`${RUN_ID}/a/2`, 'Foreach yields 1 child step.']]],
  [finished('a', '2'), [[TASK, 'Task finished successfully.']]],
  [
    failed('a', '2', { name: 'TypeError', message: 'x is bad\nvery bad' }),
    [[TASK, 'Task failed: TypeError: x is bad']],
  ],
  [failed('a', '2', died), [[TASK, 'Task failed: WorkerDiedError: x']]],
  [retrying('a', '2', 120_000), [[TASK, 'Task failed, retry 1 of 3 in 2 min: TypeError: x is bad']]],
  [retrying('a', '2', 90_500), [[TASK, 'Task failed, retry 1 of 3 in 1 min 31 s: TypeError: x is bad']]],
  [retrying('a', '2', 0), [[TASK, 'Task failed, retry 1 of 3 follows: TypeError: x is bad']]],
  [
    { ...finished('a', '2'), caught: { name: 'TypeError', message: 'x is bad' } } as RunEvent,
    [[TASK, 'Task failed; error caught: TypeError: x is bad']],
  ],
  [
    stopping('failed', 2),
    [[undefined, 'A task failed: no new tasks start. 2 running tasks may finish within 5 s.']],
  ],
  [
    stopping('interrupted', 1),
    [[undefined, 'Interrupted: no new tasks start. 1 running task may finish within 5 s.']],
  ],
  [stopping('failed', 0), []],
  [over('successful'), [[undefined, 'Done!']]],
  [
    over('successful', 1500, { logicalBytes: 252e6, knownBytes: 240e6, newBytes: 3e6 }),
    [
      [undefined, 'Artifacts: 252 MB, 240 MB already stored; 3.0 MB written to disk (with metadata).'],
      [undefined, 'Done!'],
    ],
  ],
  [over('failed'), [[undefined, 'Workflow failed after 1.5 s.']]],
  [over('interrupted'), [[undefined, 'Workflow interrupted after 1.5 s.']]],
];

for (const [event, lines] of LINES) {
  test(`the log of ${event.type}: ${lines.map(([, text]) => text).join(' / ')}`, () => {
    const told = logLinesOf(event, { runId: RUN_ID });
    assert.deepEqual(
      told.map(({ source, text }) => [source, text]),
      lines,
    );
  });
}

test('a task that the engine ended was killed', () => {
  const [line] = logLinesOf(killed('a', '2'), { runId: RUN_ID });
  assert.equal(line?.text, 'Task was killed.');
});
