import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { Repository } from '#store';
import { type FixtureRun, FixtureStore, type FixtureTask, foreachRun } from './fixture-store.ts';
import type { Run } from './objects.ts';

function latest(test: TestContext, run: FixtureRun): Run {
  const store = FixtureStore.for(test);
  store.run(run);
  return store.client.Flow('ForeachFlow').latestRun;
}

test('a task knows its facts', (t) => {
  const run = latest(t, foreachRun());
  const [, task] = run.step('a').tasks();
  assert.ok(task);
  assert.equal(task.pathspec, `${run.pathspec}/a/1`);
  assert.equal(task.parent.id, 'a');
  assert.equal(task.parent.parent.id, run.id);
  assert.deepEqual([task.index, task.attempt, task.finished, task.successful], [1, 0, true, true]);
  assert.deepEqual([task.exception, task.caught], [null, null]);
  assert.equal(Number(task.finishedAt) - task.createdAt.getTime(), 1000);
  assert.equal(run.step('start').task.index, null);
  const { metadata } = task;
  assert.deepEqual(
    [metadata.user, metadata.step, metadata.task, metadata.parents],
    ['alice', 'a', '1', ['start/0']],
  );
});

test('logs are text, and lines with stream and time', (t) => {
  const output = [
    [5, 0, 4],
    [6, 1, 5],
  ] as const;
  const run = latest(t, { tasks: [{ step: 'start', stdout: 'out\n', stderr: 'fail\n', output }] });
  const { task } = run.step('start');
  assert.deepEqual([task.stdout, task.stderr], ['out\n', 'fail\n']);
  assert.deepEqual(
    task.logLines().map(({ stream, text }) => [stream, text]),
    [
      ['stdout', 'out'],
      ['stderr', 'fail'],
    ],
  );
  const [line, ...others] = task.logLines('stderr');
  assert.deepEqual(others, []);
  assert.deepEqual(line, { stream: 'stderr', text: 'fail', time: new Date(task.createdAt.getTime() + 6) });
});

test('a failed task has its exception and what it had assigned', (t) => {
  const exception = {
    name: 'TypeError',
    message: 'no such title',
    stack: 'TypeError: no such title\n    at a',
  };
  const run = latest(t, {
    status: 'failed',
    tasks: [{ step: 'start', status: 'failed', artifacts: { half: 1 }, exception }],
  });
  const { task } = run.step('start');
  assert.deepEqual(task.exception, exception);
  assert.deepEqual([task.caught, task.successful, task.finished, task.data.half], [null, false, true, 1]);
  assert.match(inspect(task), /exception: 'TypeError: no such title'/);
});

test('a caught error does not make a task unsuccessful', (t) => {
  const exception = { name: 'Error', message: 'boom' };
  const run = latest(t, { tasks: [{ step: 'start', exception }] });
  const { task } = run.step('start');
  assert.deepEqual([task.successful, task.exception, task.caught], [true, null, exception]);
});

test('a missing task is answered with those there are', (t) => {
  const store = FixtureStore.for(t);
  const id = store.run(foreachRun());
  assert.throws(() => store.client.Task('ForeachFlow/latest/a/7'), {
    message: `Step ForeachFlow/${id}/a has no task "7". Its tasks: 0, 1, 2.`,
  });
});

test('artifacts are listed alone and found by name', (t) => {
  const run = latest(t, foreachRun());
  const { task } = run.step('a');
  assert.deepEqual(
    task.artifacts.map(({ name }) => name),
    ['title', 'titles'],
  );
  assert.deepEqual([...task].map(String), task.artifacts.map(String));
  const { title } = task.artifacts as unknown as Record<string, { data: string }>;
  assert.equal(title?.data, 'Stranger Things processed');
  assert.equal('titles' in task.artifacts, true);
  assert.deepEqual(
    Object.keys(run.step('start').task.artifacts),
    ['0'],
    'names are not listed beside positions',
  );
});

test('an artifact called like a member of arrays does not break the list', (t) => {
  const run = latest(t, { tasks: [{ step: 'start', artifacts: { length: 3, map: 'x' } }] });
  const { task } = run.step('start');
  assert.equal(task.artifacts.length, 2);
  assert.deepEqual(task.artifacts.map(({ data }) => data).sort(), ['x', 3].sort());
  assert.deepEqual([task.data.length, task.data.map], [3, 'x']);
});

const idsOf = (tasks: readonly { pathspec: string }[]): string[] =>
  tasks.map(({ pathspec }) => pathspec.split('/').slice(2).join('/'));

test('relatives of a foreach and its join', (t) => {
  const run = latest(t, foreachRun());
  const [, second] = run.step('a').tasks();
  assert.deepEqual(idsOf(run.step('start').task.childTasks), ['a/0', 'a/1', 'a/2']);
  assert.deepEqual(idsOf(second?.parentTasks ?? []), ['start/0']);
  assert.deepEqual(idsOf(second?.childTasks ?? []), ['join/0']);
  assert.deepEqual(idsOf(run.step('join').task.parentTasks), ['a/0', 'a/1', 'a/2']);
  assert.deepEqual(idsOf(run.step('start').task.parentTasks), []);
  assert.deepEqual(idsOf(run.step('end').task.childTasks), []);
  const [child] = run.step('start').task.childTasks;
  assert.equal(child?.parent.id, 'a');
  assert.equal(child?.data.title, 'Stranger Things processed');
});

const frame = (index: number) => ({ step: 's', task: '0', variable: 'v', index, numSplits: 2 });

test('relatives of nested foreaches, branches and loops', (t) => {
  const tasks: FixtureTask[] = [
    { step: 'start', transition: { steps: ['x', 'y'] } },
    {
      step: 'x',
      parents: ['start/0'],
      transition: { steps: ['outer'], foreach: { variable: 'v', numSplits: 2 } },
    },
    { step: 'y', parents: ['start/0'], transition: { steps: ['last'] } },
    ...[0, 1].map((i) => ({
      step: 'outer',
      task: `${i}`,
      frames: [frame(i)],
      parents: ['x/0'],
      transition: { steps: ['inner'], foreach: { variable: 'w', numSplits: 2 } },
    })),
    ...[0, 1].flatMap((i) =>
      [0, 1].map((j) => ({
        step: 'inner',
        task: `${i}.${j}`,
        frames: [frame(i), frame(j)],
        parents: [`outer/${i}`],
        transition: { steps: ['joined'] },
      })),
    ),
    ...[0, 1].map((i) => ({
      step: 'joined',
      task: `${i}`,
      frames: [frame(i)],
      parents: [`inner/${i}.0`, `inner/${i}.1`],
      transition: { steps: ['loop'] },
    })),
    ...[0, 1].flatMap((i) =>
      [0, 1].map((n) => ({
        step: 'loop',
        task: `${i}.${n}`,
        iteration: n,
        frames: [frame(i)],
        parents: [n === 0 ? `joined/${i}` : `loop/${i}.${n - 1}`],
        transition: { steps: [n === 0 ? 'loop' : 'last'] },
      })),
    ),
    { step: 'last', parents: ['loop/0.1', 'loop/1.1'] },
  ];
  const run = latest(t, { tasks });
  const children = (step: string, id: string): string[] =>
    idsOf(
      run
        .step(step)
        .tasks()
        .find((task) => task.id === id)?.childTasks ?? [],
    );
  assert.deepEqual(children('start', '0'), ['x/0', 'y/0']);
  assert.deepEqual(children('x', '0'), ['outer/0', 'outer/1']);
  assert.deepEqual(children('outer', '1'), ['inner/1.0', 'inner/1.1']);
  assert.deepEqual(children('inner', '1.0'), ['joined/1']);
  assert.deepEqual(children('joined', '1'), ['loop/1.0']);
  assert.deepEqual(children('loop', '1.0'), ['loop/1.1']);
  assert.deepEqual(children('loop', '1.1'), ['last/0']);
  assert.deepEqual(children('y', '0'), [], 'last does not name y among its parents');
});

test('the tree of artifacts is read once to list them, however many there are', (t) => {
  const run = latest(t, foreachRun());
  const { task } = run.step('start');
  const read = t.mock.method(Repository.prototype, 'tree');
  assert.ok([...task].length > 0);
  assert.equal(read.mock.callCount(), 2);
});
