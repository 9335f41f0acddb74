import assert from 'node:assert/strict';
import test from 'node:test';
import { problemOfGraph } from './record-shape.ts';

test('a graph has each step once', () => {
  const step = { name: 'start', kind: 'linear', join: false, next: ['end'] };
  assert.equal(problemOfGraph({ flow: 'F', steps: [step, { ...step, name: 'end' }] }), undefined);
  assert.match(
    String(problemOfGraph({ flow: 'F', steps: [step, step] })),
    /^steps has two steps of the name "start"$/,
  );
});
