import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { FixtureStore, foreachRun } from './fixture-store.ts';
import { DISPLAY } from './inspect.ts';
import type { Run } from './objects.ts';

function oneRun(test: TestContext): { store: FixtureStore; run: Run } {
  const store = FixtureStore.for(test);
  store.run(foreachRun());
  return { store, run: store.client.Flow('ForeachFlow').latestRun };
}

test('data of a run is that of its end task, with parameters and constants', (t) => {
  const { run } = oneRun(t);
  assert.deepEqual(run.data.results, [
    'Stranger Things processed',
    'House of Cards processed',
    'Narcos processed',
  ]);
  assert.equal(run.data.suffix, 'processed');
  assert.equal(run.data.version, 3);
  assert.equal(run.data.results, run.data.results, 'what is loaded stays loaded');
  assert.equal(run.endTask?.pathspec, `${run.pathspec}/end/0`);
});

test('steps come in the order of the graph, tasks in order of position', (t) => {
  const { run } = oneRun(t);
  assert.deepEqual(
    run.steps().map((step) => step.id),
    ['start', 'a', 'join', 'end'],
  );
  assert.deepEqual([...run].map(String), run.steps().map(String));
  assert.deepEqual(
    run
      .step('a')
      .tasks()
      .map((task) => task.data.title),
    ['Stranger Things processed', 'House of Cards processed', 'Narcos processed'],
  );
  assert.equal(run.step('a').task.id, '0');
});

test('positions sort as numbers', (t) => {
  const store = FixtureStore.for(t);
  const tasks = ['10', '9', '2', '100', '1'].map((task) => ({ step: 'a', task }));
  store.run({ tasks });
  const step = store.client.Step('ForeachFlow/latest/a');
  assert.deepEqual(
    [...step].map(({ id }) => id),
    ['1', '2', '9', '10', '100'],
  );
});

test('a run knows its facts', (t) => {
  const { run } = oneRun(t);
  assert.equal(run.status, 'successful');
  assert.equal(run.finished, true);
  assert.equal(run.successful, true);
  assert.deepEqual(run.createdAt, new Date('2026-11-22T10:47:55.000Z'));
  assert.deepEqual(run.finishedAt, new Date('2026-11-22T10:47:58.000Z'));
  assert.deepEqual(run.tags, ['user:alice']);
  assert.equal(run.metadata.process.host, hostname());
  assert.deepEqual(
    run.graph.steps.map(({ name }) => name),
    ['start', 'a', 'join', 'end'],
  );
  assert.equal(run.origin, null);
  assert.equal(run.parent.id, 'ForeachFlow');
  assert.equal(String(run), run.pathspec);
});

test('a failed run has ended, without success and without an end task', (t) => {
  const store = FixtureStore.for(t);
  const tasks = foreachRun().tasks?.slice(0, 2) ?? [];
  store.run({ ...foreachRun(), tasks, status: 'failed' });
  const { latestRun: run } = store.client.Flow('ForeachFlow');
  assert.equal(run.status, 'failed');
  assert.deepEqual([run.finished, run.successful, run.endTask], [true, false, null]);
  assert.ok(run.finishedAt);
  assert.equal('results' in run.data, false);
  assert.equal(run.data.suffix, 'processed');
  assert.throws(() => run.data.results, {
    message:
      `Run ${run.pathspec} has no data "results", because it failed and has no task of the step end. ` +
      'Steps that have data: start, a. Parameters: suffix. Constants: version.',
  });
  assert.throws(() => run.step('join'), {
    message: `Run ${run.pathspec} failed and has no task of step "join". Steps it has: start, a.`,
  });
});

test('a running run whose process is gone has crashed; on another machine nobody can tell', (t) => {
  const store = FixtureStore.for(t);
  const { metadata } = store.client.Run(`ForeachFlow/${store.run({ status: 'running' })}`);
  const dead = { ...metadata.process, boot: 'an earlier start of this machine' };
  store.run({ status: 'running', process: dead });
  const crashed = store.client.Flow('ForeachFlow').latestRun;
  assert.equal(crashed.status, 'crashed');
  assert.deepEqual([crashed.finished, crashed.successful, crashed.finishedAt], [true, false, null]);
  store.run({ status: 'running', process: { ...dead, host: 'elsewhere.example' } });
  const elsewhere = store.client.Flow('ForeachFlow').latestRun;
  assert.equal(elsewhere.status, 'running');
  assert.equal(elsewhere.finished, false);
  assert.equal(store.client.Run('ForeachFlow@failed').id, crashed.id);
});

test('a missing step is answered with those there are', (t) => {
  const { run } = oneRun(t);
  assert.throws(() => run.step('jion'), {
    message: `Run ${run.pathspec} has no step "jion". Its steps: start, a, join, end. Did you mean join?`,
  });
});

test('parameters are a view of their own', (t) => {
  const { run } = oneRun(t);
  assert.deepEqual({ ...run.parameters }, { suffix: 'processed' });
  assert.throws(() => run.parameters.sufix, {
    message: `Run ${run.pathspec} has no parameter "sufix". Its parameters: suffix. Did you mean suffix?`,
  });
});

test('the code of a run can be read', (t) => {
  const { run } = oneRun(t);
  assert.deepEqual(run.code.files(), ['flow.ts', 'lib/titles.ts']);
  assert.equal(run.code.entry, 'flow.ts');
  assert.equal(run.code.read(), 'export default class ForeachFlow {}\n');
  assert.equal(run.code.read('lib/titles.ts'), 'export {};\n');
  const contents = [...run.code.contents()].map(([path, bytes]) => [path, bytes.length]);
  assert.deepEqual(contents, [
    ['flow.ts', 36],
    ['lib/titles.ts', 11],
  ]);
  assert.equal(run.code.git, null);
  assert.throws(() => run.code.read('lib/title.ts'), /Did you mean lib\/titles\.ts\?/);
});

test('a resumed run leads to its origin, also after that was deleted', (t) => {
  const store = FixtureStore.for(t);
  const first = store.run({ status: 'failed' });
  store.run({ origin: `ForeachFlow/${first}` });
  const { origin } = store.client.Flow('ForeachFlow').latestRun;
  assert.equal(origin?.pathspec, `ForeachFlow/${first}`);
  assert.equal(origin?.status, 'failed');
  store.repository.refs.delete(`refs/runs/ForeachFlow/${first}`);
  const gone = store.client.Flow('ForeachFlow').latestRun.origin;
  assert.equal(gone?.id, first);
  assert.throws(() => gone?.status, /it has been deleted\.$/);
});

test('objects print as what they are', (t) => {
  const { store, run } = oneRun(t);
  const shown = inspect(run);
  assert.ok(shown.startsWith(`Run ${run.pathspec} {`));
  assert.match(shown, /status: 'successful'/);
  assert.match(inspect(run.step('a')), /^Step \S+\/a \{ tasks: \[ '0', '1', '2' \] \}$/);
  assert.match(
    inspect(run.step('a').task),
    /artifacts: \{\n? *title: 'Stranger Things processed',\n? *titles: \[/,
  );
  assert.match(inspect(store.client.Flow('ForeachFlow')), /^Flow ForeachFlow \{ runs: 1, latest: '2026/);
  assert.match(inspect({ run }), /\{\n {2}run: Run ForeachFlow/);
});

test('notebooks show objects as text and as escaped HTML, and a table as a table', (t) => {
  const store = FixtureStore.for(t);
  store.run({ parameters: { note: '<b>' }, tasks: [{ step: 'end', artifacts: { x: 1 } }] });
  const flow = store.client.Flow('ForeachFlow');
  const run = flow.latestRun;
  const task = run.step('end').task;
  const shown = (object: unknown) =>
    (object as { [DISPLAY](): Record<string, string> })[DISPLAY]() as {
      'text/plain': string;
      'text/html': string;
    };
  for (const object of [flow, run, run.step('end'), task, task.artifacts[0], store.client.diff(run, run)]) {
    const { 'text/plain': plain, 'text/html': html } = shown(object);
    assert.equal(plain, inspect(object, { depth: 3 }));
    assert.ok(!html.replace(/^<pre>|<\/pre>$/g, '').includes('<'));
  }
  const table = flow.runs().table({ note: 'parameters/note' });
  assert.match(inspect(table), /^Table of 1 rows and 5 columns\n {2}run .* note\n {2}2026.* <b>$/);
  assert.match(shown(table)['text/html'], /<th>note<\/th>.*<td>&lt;b&gt;<\/td>/);
});
