import assert from 'node:assert/strict';
import test from 'node:test';
import type { LoadedFlow } from '#core';
import { BEGIN, begun, failed } from '../rig/events.ts';
import { paper } from '../rig/paper.ts';
import { presenterFor } from './presenter.ts';

const FLOW = { graph: { flow: 'F', steps: [] } } as unknown as LoadedFlow;

test('a program gets what a task writes as it is, and the words of Oxbow escaped', () => {
  const out = paper({ isTerminal: false });
  const presenter = presenterFor(FLOW, { out, err: paper() }, { quiet: false });
  presenter.tell(begun);
  presenter.tell({
    type: 'task-output',
    time: BEGIN,
    task: { step: 'a', task: '0', attempt: 0 },
    pid: 42,
    stream: 'stdout',
    text: 'own \x1b[31mred',
  });
  presenter.tell(failed('a', '0', { name: 'E\x1b[5m', message: 'no\u202e', stack: [] } as never));
  presenter.close();
  assert.match(out.text, /\] own \x1b\[31mred\n/);
  assert.match(out.text, /\] Task failed: E\\x1b\[5m: no\\u202e\n/);
});
