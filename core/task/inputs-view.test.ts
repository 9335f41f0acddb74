import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ObjectId, PackSink, Repository, storeValue } from '#store';
import { type InputContext, inputState, openInputs } from './inputs-view.ts';

const folder = mkdtempSync(join(tmpdir(), 'oxbow-inputs-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const repository = Repository.create(join(folder, '.flow'));

function artifactsTree(values: Readonly<Record<string, unknown>>): ObjectId {
  const sink = new PackSink();
  const id = sink.tree(Object.entries(values).map(([name, value]) => storeValue(name, value, sink).entry));
  for (const object of sink.take()) repository.hold(object);
  return id;
}

type View = Record<string, unknown>;

/** Opens inputs and notes what they read. */
function open(branches: Readonly<Record<string, Readonly<Record<string, unknown>>>>, byName = true) {
  const reads: string[] = [];
  const context: InputContext = {
    repository,
    parameters: new Map([['alpha', () => 0.01]]),
    onRead: (name, digest) => reads.push(`${name} ${digest.length}`),
  };
  const refs = Object.entries(branches).map(([step, values]) => ({
    step,
    task: '0',
    artifacts: artifactsTree(values),
  }));
  const inputs = openInputs(refs, context, byName) as readonly View[] & Readonly<Record<string, View>>;
  return { inputs, reads };
}

test('inputs are an array in the order given, found by step name too', () => {
  const { inputs } = open({ b: { x: 2 }, a: { x: 1 } });
  assert.equal(Array.isArray(inputs), true);
  assert.deepEqual(
    inputs.map(({ x }) => x),
    [2, 1],
  );
  assert.deepEqual([...inputs].length, 2);
  assert.equal(inputs.a?.x, 1);
  assert.equal(inputs.a, inputs[1]);
  assert.deepEqual(Object.keys(inputs), ['0', '1']);
});

test('a step called like a member of arrays is reached by position', () => {
  const { inputs } = open({ map: { x: 1 }, length: { x: 2 } });
  assert.equal(inputs.length, 2);
  assert.deepEqual(
    inputs.map(({ x }) => x),
    [1, 2],
  );
});

test('the tasks of a foreach have no names', () => {
  const { inputs } = open({ a: { x: 1 } }, false);
  assert.equal(inputs.a, undefined);
});

test('values load on first touch, once, and are noted as read', () => {
  const { inputs, reads } = open({ a: { list: [1], other: 2 }, b: { list: [2] } });
  assert.deepEqual(reads, []);
  assert.equal(inputs.a?.list, inputs[0]?.list);
  assert.deepEqual(reads, ['a/0/list 64']);
});

test('parameters are seen, and what is not there is undefined', () => {
  const { inputs, reads } = open({ a: { x: undefined } });
  const view = inputs[0] ?? assert.fail();
  assert.equal(view.alpha, 0.01);
  assert.equal(view.nope, undefined);
  assert.equal('x' in view, true);
  assert.equal('alpha' in view, true);
  assert.equal('nope' in view, false);
  assert.equal(reads.length, 0);
});

test('a view can be spread, listed, awaited and turned to JSON', async () => {
  const { inputs } = open({ a: { x: 1, y: [2] } });
  const view = inputs[0] ?? assert.fail();
  assert.deepEqual({ ...view }, { x: 1, y: [2] });
  assert.deepEqual(Object.entries(view), [
    ['x', 1],
    ['y', [2]],
  ]);
  assert.equal(JSON.stringify(view), '{"x":1,"y":[2]}');
  assert.equal(await view, view);
  assert.deepEqual(Object.keys(inputState(view)?.entries ?? {}), []);
  assert.deepEqual([...(inputState(view)?.entries.keys() ?? [])], ['x', 'y']);
  assert.equal(inputState({}), undefined);
});

test('a view is printed with its values', async () => {
  const { inspect } = await import('node:util');
  const { inputs } = open({ a: { x: 1, y: [2] } });
  assert.equal(inspect(inputs[0]), '{ x: 1, y: [ 2 ] }');
});

test('inputs are read-only', () => {
  const { inputs } = open({ a: { x: 1 } });
  const view = inputs[0] ?? assert.fail();
  assert.throws(() => {
    view.x = 2;
  }, /inputs are read-only: assign "x" to this instead/);
  assert.throws(() => Object.assign(view, { z: 1 }), /read-only/);
  assert.throws(() => {
    delete view.x;
  }, /read-only/);
  assert.equal(view.x, 1);
});
