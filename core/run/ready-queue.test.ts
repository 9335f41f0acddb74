import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlannedTask } from '../graph/plan.ts';
import { ReadyQueue } from './ready-queue.ts';

const task = (name: string): PlannedTask => ({
  step: name,
  task: '0',
  levels: [],
  inputs: [],
  namedInputs: false,
});
const tasks = (names: string): PlannedTask[] => [...names].map(task);

const drain = (queue: ReadyQueue): string => {
  let names = '';
  for (let next = queue.take(); next; next = queue.take()) names += next.step;
  return names;
};

test('what continues a task goes first, what a foreach yields last, each in its order', () => {
  const queue = new ReadyQueue();
  queue.addLast(tasks('xyz'), 3);
  queue.addFirst(tasks('cd'));
  queue.addFirst(tasks('ab'));
  queue.addLast(tasks('uv'), 2);
  queue.addFirst([]);
  assert.equal(queue.size, 9);
  assert.equal(drain(queue), 'abcdxyzuv');
  assert.equal(queue.size, 0);
});

test('the tasks of a foreach are made as they are taken', () => {
  let made = 0;
  function* many() {
    for (;;) {
      made += 1;
      yield task('x');
    }
  }
  const queue = new ReadyQueue();
  queue.addLast(many(), 1e6);
  assert.equal(queue.size, 1e6);
  queue.take();
  queue.take();
  assert.equal(made, 2);
  assert.equal(queue.size, 1e6 - 2);
});

test('tasks told to be of a step can be taken past all others', () => {
  const queue = new ReadyQueue();
  queue.addLast(tasks('xx'), 2, 'x');
  queue.addLast(tasks('y'), 1);
  queue.addLast(tasks('xx'), 2, 'x');
  queue.addFirst(tasks('a'));
  for (let i = 0; i < 3; i += 1) assert.equal(queue.take('x')?.step, 'x');
  assert.equal(queue.take('y'), undefined);
  assert.equal(queue.size, 3);
  assert.equal(drain(queue), 'ayx');
  assert.equal(queue.take('x'), undefined);
});

test('a batch that has fewer than promised comes to its end', () => {
  const queue = new ReadyQueue();
  queue.addLast([], 1);
  assert.equal(queue.take(), undefined);
  assert.equal(queue.size, 0);
  assert.equal(queue.take(), undefined);
  assert.equal(queue.size, 0);
});
