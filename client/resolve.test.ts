import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FixtureStore, foreachRun } from './fixture-store.ts';

test('an address resolves to the object it names', (t) => {
  const store = FixtureStore.for(t);
  const id = store.run(foreachRun());
  const { resolve } = store.client;
  const kinds: readonly [string, string, string][] = [
    ['ForeachFlow', 'run', ''],
    ['ForeachFlow@ok/a', 'step', '/a'],
    ['ForeachFlow/latest/a/1', 'task', '/a/1'],
    ['ForeachFlow/2026/a/1/title', 'artifact', '/a/1/title'],
    ['ForeachFlow/latest/constants/version', 'artifact', '/constants/version'],
  ];
  for (const [address, kind, rest] of kinds) {
    const found = resolve(address);
    assert.equal(found.kind, kind);
    assert.equal(found.pathspec, `ForeachFlow/${id}${rest}`);
    assert.equal(resolve(found.pathspec).pathspec, found.pathspec, 'a pathspec is an address');
  }
  assert.throws(() => resolve('ForeachFlow/latest/a/*'), {
    code: 'ArgumentError',
    message: /which may name many\. Example: .* or resolveAll\('ForeachFlow\/latest\/a\/\*'\)$/,
  });
});

test('stars name all steps and tasks, passing over those that lack the rest', (t) => {
  const store = FixtureStore.for(t);
  const id = store.run(foreachRun());
  const names = (address: string): string[] =>
    store.client.resolveAll(address).map(({ pathspec }) => pathspec.replace(`ForeachFlow/${id}/`, ''));
  assert.deepEqual(names('ForeachFlow/latest/*'), ['start', 'a', 'join', 'end']);
  assert.deepEqual(names('ForeachFlow/latest/a/*'), ['a/0', 'a/1', 'a/2']);
  assert.deepEqual(names('ForeachFlow/latest/*/1'), ['a/1']);
  assert.deepEqual(names('ForeachFlow/latest/*/*/results'), ['join/0/results', 'end/0/results']);
  assert.deepEqual(names('ForeachFlow/latest/a/*/title#[0]'), [
    'a/0/title#[0]',
    'a/1/title#[0]',
    'a/2/title#[0]',
  ]);
  assert.deepEqual(names('ForeachFlow/latest/parameters/suffix'), ['parameters/suffix']);
  assert.throws(
    () => names('ForeachFlow/latest/*/*/nope'),
    /^NotFoundError: Nothing in the store matches ForeachFlow\/latest\/\*\/\*\/nope\.$/,
  );
  assert.throws(
    () => names('ForeachFlow/latest/a/0/nope'),
    /has no artifact "nope"\. Its artifacts: title, titles\./,
  );
});

test('each name opens its own kind of thing, with and without new', (t) => {
  const store = FixtureStore.for(t);
  store.run(foreachRun());
  const { Flow, Run, Step, Task, Artifact, Flows } = store.client;
  const all = [
    [Flow, 'ForeachFlow'],
    [Run, 'ForeachFlow'],
    [Step, 'ForeachFlow/latest/a'],
    [Task, 'ForeachFlow/latest/a/0'],
    [Artifact, 'ForeachFlow/latest/a/0/title'],
  ] as const;
  for (const [Name, address] of all) {
    const called = Name(address);
    const made = new Name(address);
    assert.equal(String(called), String(made));
    assert.ok(called instanceof Name && made instanceof Name);
  }
  assert.ok(!((Run('ForeachFlow') as object) instanceof Task));
  assert.ok(Flow('ForeachFlow').latestRun instanceof Run);
  assert.deepEqual(new Flows().map(String), ['ForeachFlow']);
});

test('the address of another kind of thing is refused', (t) => {
  const store = FixtureStore.for(t);
  store.run(foreachRun());
  const { Flow, Run, Task, Artifact } = store.client;
  const message = (call: () => unknown): string => {
    try {
      return String(call());
    } catch (error) {
      assert.equal((error as { code: string }).code, 'ArgumentError');
      return (error as Error).message;
    }
  };
  assert.equal(
    message(() => Task('ForeachFlow/latest/a')),
    'Task() takes the address of one task, but was given "ForeachFlow/latest/a", the address of a step. ' +
      "Example: Task('ForeachFlow/latest/join/0')",
  );
  assert.match(
    message(() => Run('ForeachFlow/latest/a/0/title')),
    /the address of an artifact\. Example: Run\(/,
  );
  assert.match(
    message(() => Task('ForeachFlow/latest/a/*')),
    /which may name many/,
  );
  assert.match(
    message(() => Artifact(undefined as never)),
    /a value of type undefined/,
  );
  assert.match(
    message(() => Flow('ForeachFlow/latest')),
    /^Flow\(\) takes a flow's name, or its class, but was given "Fo/,
  );
  assert.match(
    message(() => Flow(class {})),
    /a class without a name/,
  );
  assert.match(
    message(() => Flow('')),
    /was given ""/,
  );
});
