import assert from 'node:assert/strict';
import test from 'node:test';
import { after, FOREACH, failed, finished, started, stopping, yields } from '../rig/events.ts';
import { endedOf, expectedOf, progressBefore, runningOf, type ShownStep } from './state.ts';

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

test('a task whose process ends while the run stops was killed, before it failed', () => {
  const died = { name: 'WorkerDiedError', code: 'WorkerDiedError', message: 'x' };
  const run = after(FOREACH, [
    started('a', '0'),
    started('a', '1'),
    started('a', '2'),
    failed('a', '0', died),
    stopping('failed', 2),
    failed('a', '1', died),
    failed('a', '2', { name: 'Error', message: 'x' }),
  ]);
  assert.deepEqual([run.steps.get('a')?.failed, run.steps.get('a')?.killed, run.stopping], [2, 1, 'failed']);
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
