import assert from 'node:assert/strict';
import test from 'node:test';
import type { RunEvent } from '#core';
import { BEGIN, finished, RUN_ID, wrote } from '../rig/events.ts';
import { logLinesOf } from './log-lines.ts';
import { OpenLines } from './open-lines.ts';

const open = (task: string, text: string, ms = 0): RunEvent => ({
  type: 'task-open-line',
  time: BEGIN + ms,
  task: { step: 'a', task, attempt: 0 },
  pid: 42,
  stream: 'stdout',
  text,
});

function after(...events: readonly RunEvent[]): OpenLines {
  const lines = new OpenLines();
  for (const event of events) lines.follow(event, logLinesOf(event, { runId: RUN_ID }));
  return lines;
}

const texts = (lines: readonly { readonly text: string }[]): string[] => lines.map(({ text }) => text);

test('an open line is there until it is whole, or its task has ended', () => {
  const begun = [open('0', 'load'), open('1', '50 %'), open('0', 'loading')];
  assert.deepEqual(texts(after(...begun).latest(4)), ['loading', '50 %']);
  assert.deepEqual(texts(after(...begun).latest(1)), ['50 %']);
  assert.deepEqual(after(...begun).latest(0), []);
  assert.deepEqual(texts(after(...begun, wrote('a', '0', 'loading done')).latest(4)), ['50 %']);
  assert.deepEqual(texts(after(...begun, finished('a', '1')).latest(4)), ['loading']);
});

test('a line that is open for long is told each 10 s, when it has grown', () => {
  const lines = after(open('0', '10 %', 0));
  assert.deepEqual(lines.longOpen(BEGIN + 9_000), []);
  assert.deepEqual(texts(lines.longOpen(BEGIN + 10_000)), ['10 %']);
  assert.deepEqual(lines.longOpen(BEGIN + 30_000), []);
  lines.follow(open('0', '20 %', 12_000), logLinesOf(open('0', '20 %'), { runId: RUN_ID }));
  assert.deepEqual(lines.longOpen(BEGIN + 15_000), []);
  assert.deepEqual(texts(lines.longOpen(BEGIN + 20_000)), ['20 %']);
});
