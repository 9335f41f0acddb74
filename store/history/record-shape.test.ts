import assert from 'node:assert/strict';
import test from 'node:test';
import { problemOfGraph, problemOfRun } from './record-shape.ts';

test('a graph has each step once', () => {
  const step = { name: 'start', kind: 'linear', join: false, next: ['end'] };
  assert.equal(problemOfGraph({ flow: 'F', steps: [step, { ...step, name: 'end' }] }), undefined);
  assert.match(
    String(problemOfGraph({ flow: 'F', steps: [step, step] })),
    /^steps has two steps of the name "start"$/,
  );
});

test('what is no record at all is told in a whole sentence', () => {
  for (const record of [null, 1, 'x', []]) assert.equal(problemOfRun(record), 'it is not an object');
  assert.equal(problemOfRun({ schema: 'x' }), 'schema is not a whole number from 0 up');
});
