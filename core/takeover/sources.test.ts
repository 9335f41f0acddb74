import assert from 'node:assert/strict';
import test from 'node:test';
import type { Graph } from '../graph/graph.ts';
import { stepBefore } from './sources.ts';

const NEXT: Readonly<Record<string, readonly string[]>> = {
  start: ['fork'],
  fork: ['a', 'b'],
  a: ['join'],
  b: ['c'],
  c: ['join'],
  join: ['end'],
  end: [],
};
const GRAPH = {
  flow: 'F',
  steps: new Map(Object.entries(NEXT).map(([name, next]) => [name, { name, next }])),
} as unknown as Graph;

test('steps are executed again from the last step that all of them follow', () => {
  for (const [steps, from] of [
    [['c'], 'c'],
    [['b', 'c'], 'b'],
    [['a', 'c'], 'fork'],
    [['join', 'b'], 'b'],
    [['start', 'end'], 'start'],
  ] as const)
    assert.equal(stepBefore(GRAPH, new Set(steps)), from);
});
