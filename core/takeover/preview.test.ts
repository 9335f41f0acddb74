import assert from 'node:assert/strict';
import test from 'node:test';
import type { TransitionRecord } from '#store';
import type { Graph, StepNode } from '../graph/graph.ts';
import type { TaskKey } from '../graph/plan.ts';
import { previewOf } from './preview.ts';
import type { MakeTakeover } from './sources.ts';

const node = (name: string, kind: StepNode['kind'], next: string[], join = false): StepNode =>
  ({ name, kind, next, join, ...(kind === 'foreach' ? { variable: 'items' } : {}) }) as unknown as StepNode;

/** A foreach within a foreach. */
const GRAPH = {
  flow: 'F',
  steps: new Map(
    [
      node('start', 'foreach', ['outer']),
      node('outer', 'foreach', ['inner']),
      node('inner', 'linear', ['join']),
      node('join', 'linear', ['all'], true),
      node('all', 'linear', ['end'], true),
      node('end', 'end', []),
    ].map((step) => [step.name, step]),
  ),
} as unknown as Graph;

/** An earlier run of which every task is taken over, and whose foreaches were so wide. */
const takesAll = (numSplits: number): MakeTakeover =>
  (() => ({
    verdictOn: ({ step }: TaskKey) => {
      const { kind, next = [] } = GRAPH.steps.get(step) as StepNode;
      const foreach = kind === 'foreach' ? { foreach: { variable: 'items', numSplits } } : {};
      const transition: TransitionRecord = { steps: [...next], ...foreach };
      return { take: { from: 'F/1', record: { transition }, artifacts: undefined } };
    },
    choiceBefore: () => undefined,
  })) as unknown as MakeTakeover;

test('a preview foretells all tasks', () => {
  const { tasks, later } = previewOf(GRAPH, takesAll(3), 100_000);
  assert.equal(tasks.length, 1 + 3 + 9 + 3 + 1 + 1);
  assert.deepEqual(later, []);
});

test('a preview obeys the limit of splits that the run would obey', () => {
  assert.throws(() => previewOf(GRAPH, takesAll(2 ** 53), 100_000), {
    code: 'TooManySplitsError',
    message: /yields 9007199254740992 tasks, more than the 100000 allowed/,
  });
});
