import assert from 'node:assert/strict';
import test from 'node:test';
import type { RunEvent } from '#core';
import {
  after,
  FOREACH,
  failed,
  finished,
  killed,
  retrying,
  started,
  stopping,
  yields,
} from '../rig/events.ts';
import { endedOf, expectedOf, progressBefore, runningOf, type ShownStep } from './state.ts';

type TaskStarted = Extract<RunEvent, { type: 'task-started' }>;

test('tasks are counted as they start and end', () => {
  const run = after(FOREACH, [
    started('start', '0'),
    started('a', '0'),
    started('a', '1'),
    finished('start', '0'),
    finished('a', '1'),
  ]);
  const [start, a] = [run.steps.get('start'), run.steps.get('a')];
  assert.ok(start && a);
  assert.deepEqual([start.succeeded, runningOf(start)], [1, 0]);
  assert.deepEqual([a.succeeded, runningOf(a), endedOf(a)], [1, 1, 1]);
});

test('a task that is started again, for its process has ended, is one task', () => {
  const again = { ...started('a', '0'), isAgain: true } as TaskStarted;
  const a = after(FOREACH, [started('a', '0'), again, finished('a', '0')]).steps.get('a');
  assert.deepEqual(a && [a.started, runningOf(a), endedOf(a)], [1, 0, 1]);
});

test('a task whose process ends while the run stops was killed, before it failed', () => {
  const died = { name: 'WorkerDiedError', code: 'WorkerDiedError', message: 'x' };
  const run = after(FOREACH, [
    started('a', '0'),
    started('a', '1'),
    started('a', '2'),
    failed('a', '0', died),
    stopping('failed', 2),
    killed('a', '1'),
    failed('a', '2', { name: 'Error', message: 'x' }),
  ]);
  assert.deepEqual([run.steps.get('a')?.failed, run.steps.get('a')?.killed, run.stopping], [2, 1, 'failed']);
});

test('a task that waits for its retry neither runs nor has ended, until the run gives it up', () => {
  const again: RunEvent = {
    ...(started('a', '0') as TaskStarted),
    task: { step: 'a', task: '0', attempt: 1 },
  };
  const stepA = (...events: readonly RunEvent[]) => {
    const step = after(FOREACH, [started('a', '0'), retrying('a', '0', 1000), ...events]).steps.get('a');
    assert.ok(step);
    return [step.started, step.retrying, runningOf(step), endedOf(step)];
  };
  assert.deepEqual(stepA(), [1, 1, 0, 0]);
  assert.deepEqual(stepA(again), [1, 0, 1, 0]);
  assert.deepEqual(stepA(again, finished('a', '0')), [1, 0, 0, 1]);
  const error = { name: 'Error', message: 'x' };
  assert.deepEqual(stepA(stopping('interrupted', 0), failed('a', '0', error)), [1, 0, 0, 1]);
});

test('progress is never changed in place', () => {
  const before = progressBefore('F', FOREACH);
  const frozen = structuredClone([...before.steps]);
  after(FOREACH, [started('start', '0')]);
  assert.deepEqual([...before.steps], frozen);
});

const step = (name: string, kind: ShownStep['kind'], next: readonly string[], join = false): ShownStep => ({
  name,
  kind,
  next,
  join,
});

test('how many tasks a step will have is told by foreaches and by the steps before it', () => {
  const graph = [
    step('start', 'foreach', ['a']),
    step('a', 'split', ['b', 'c']),
    step('b', 'linear', ['join']),
    step('c', 'foreach', ['d']),
    step('d', 'switch', ['d', 'join']),
    step('join', 'end', [], true),
  ];
  const before = progressBefore('F', graph);
  const names = [...before.steps.keys()];
  const expected = (run: typeof before) => names.map((name) => expectedOf(run, name));
  assert.deepEqual(expected(before), [1, undefined, undefined, undefined, undefined, undefined]);
  const split = after(graph, [started('start', '0'), yields('start', '0', { next: 'a', splits: 3 })]);
  assert.deepEqual(expected(split), [1, 3, 3, 3, undefined, undefined]);
  const twice = after(graph, [
    yields('start', '0', { next: 'a', splits: 3 }),
    yields('c', '0', { next: 'd', splits: 2 }),
    yields('c', '1', { next: 'd', splits: 0 }),
  ]);
  assert.equal(expectedOf(twice, 'd'), 2);
});
