import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { FixtureStore } from './fixture-store.ts';
import type { Task } from './objects.ts';
import { onArtifactRead } from './reads.ts';

function task(test: TestContext, artifacts: object): Task {
  const store = FixtureStore.for(test);
  store.run({
    parameters: { lr: 0.1, shared: 'parameter' },
    constants: { N: 5, shared: 'constant' },
    tasks: [{ step: 'start', artifacts }],
  });
  return store.client.Task('ForeachFlow/latest/start/0');
}

test('finds artifacts, then parameters, then constants', (t) => {
  const { data } = task(t, { x: 1, lr: 'artifact' });
  assert.deepEqual([data.x, data.lr, data.shared, data.N], [1, 'artifact', 'parameter', 5]);
});

test('behaves like an object', (t) => {
  const { data } = task(t, { x: [1], y: { z: 2 } });
  assert.deepEqual(Object.keys(data), ['x', 'y', 'lr', 'shared', 'N']);
  assert.deepEqual({ ...data }, { x: [1], y: { z: 2 }, lr: 0.1, shared: 'parameter', N: 5 });
  assert.deepEqual(JSON.parse(JSON.stringify(data)), { ...data });
  assert.equal('x' in data, true);
  assert.equal('nope' in data, false);
  assert.equal(Object.hasOwn(data, 'lr'), true);
  const { x, ...rest } = data;
  assert.deepEqual(x, [1]);
  assert.deepEqual(Object.keys(rest), ['y', 'lr', 'shared', 'N']);
});

test('can be awaited and printed in a text', async (t) => {
  const { data } = task(t, { x: 1 });
  assert.equal((await data).x, 1);
  assert.equal(`${data}`, '[object Object]');
});

test('names that begin with an underscore are readable but not listed', (t) => {
  const started = task(t, { x: 1, _secret: 2 });
  assert.equal(started.data._secret, 2);
  assert.equal('_secret' in started.data, true);
  assert.deepEqual(Object.keys(started.data), ['x', 'lr', 'shared', 'N']);
  assert.deepEqual(
    started.artifacts.map(({ name }) => name),
    ['x'],
  );
  assert.throws(() => started.data._secre, /Its artifacts: x\. /);
});

test('an unknown name lists what exists', (t) => {
  const started = task(t, { titles: [], title: 'x' });
  assert.throws(() => started.data.titel, {
    code: 'NotFoundError',
    kind: 'artifact',
    suggestion: 'title',
    message:
      `Task ${started.pathspec} has no artifact "titel". Its artifacts: title, titles. ` +
      'Parameters: lr, shared. Constants: N, shared. Did you mean title?',
  });
});

test('cannot be changed', (t) => {
  const { data } = task(t, { x: 1 });
  const changes = [
    () => Object.assign(data, { x: 2 }),
    () => Object.defineProperty(data, 'y', { value: 1 }),
    () => Reflect.deleteProperty(data, 'x'),
  ];
  for (const change of changes)
    assert.throws(change, { code: 'ReadOnlyError', message: /cannot be changed/ });
  assert.equal(data.x, 1);
});

test('artifacts named like members of objects are found, and are nothing special when absent', (t) => {
  const { data } = task(t, {
    toString: 'text',
    constructor: 'builder',
    ...Object.fromEntries([['then', 'later']]),
  });
  assert.deepEqual([data.toString, data.then, data.constructor], ['text', 'later', 'builder']);
  const other = task(t, {}).data;
  assert.equal(other.then, undefined);
  assert.equal(other.constructor, Object);
  assert.equal('toString' in other, false);
});

test('loads a value once per view, and each view its own', (t) => {
  const started = task(t, { list: [1, 2] });
  assert.equal(started.data.list, started.data.list);
  const store = started.parent.parent.parent.latestRun.step('start').task;
  assert.notEqual(store.data.list, started.data.list);
});

test('printing shows small values and the kind and size of large ones', (t) => {
  const { data } = task(t, { small: { a: 1 }, large: new Float64Array(100_000), _hidden: 1 });
  const shown = inspect(data);
  assert.match(shown, /^Data of Task ForeachFlow\/\S+ \{/);
  assert.match(shown, /small: \{ a: 1 \}/);
  assert.match(shown, /large: <Float64Array\[100000\], 800 kB>/);
  assert.doesNotMatch(shown, /_hidden/);
});

test('every look is reported with address and digest, prints and listings are not', (t) => {
  const started = task(t, { x: 1, 'odd name': 2, list: [1, 2, 3] });
  const seen: string[] = [];
  const stop = onArtifactRead(({ address, digest }) => seen.push(`${address} ${digest}`));
  const { data, artifacts } = started;
  inspect(data);
  Object.keys(data);
  assert.equal('x' in data, true);
  assert.equal(seen.length, 0);
  data.x;
  data.x;
  data['odd name'];
  data.lr;
  const list = artifacts.find(({ name }) => name === 'list');
  list?.at('[-1]');
  stop();
  data.x;
  const digestOf = (name: string) => artifacts.find((artifact) => artifact.name === name)?.digest;
  const run = started.parent.parent;
  const lr = run.metadata && seen.find((line) => line.includes('/parameters/lr '));
  assert.match(String(lr), new RegExp(`^${run.pathspec}/parameters/lr [0-9a-f]{64}$`));
  assert.deepEqual(
    seen.filter((line) => line !== lr),
    [
      `${started.pathspec}/x ${digestOf('x')}`,
      `${started.pathspec}/x ${digestOf('x')}`,
      `${started.pathspec}/"odd name" ${digestOf('odd name')}`,
      `${started.pathspec}/list ${digestOf('list')}`,
    ],
  );
});
