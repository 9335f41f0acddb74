import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Order } from './fixture-process.ts';
import { FixtureStore, foreachRun } from './fixture-store.ts';

/** Another process that works on the same store, one order after another. */
class Other {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(test: TestContext, store: FixtureStore) {
    const script = fileURLToPath(new URL('fixture-process.ts', import.meta.url));
    const args = ['--import', 'tsx', script, store.folder];
    this.#process = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines: Interface = createInterface(this.#process.stdout);
    this.#answers = lines[Symbol.asyncIterator]();
    test.after(() => this.#process.kill('SIGKILL'));
  }

  async do(order: Order): Promise<string> {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`);
    return String((await this.#answers.next()).value);
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }
}

test('a run that another process writes is seen to go on', async (t) => {
  const store = FixtureStore.for(t);
  const other = new Other(t, store);
  const { tasks = [], ...fixture } = foreachRun();
  const id = await other.do({ start: fixture });
  const run = store.client.Run(`ForeachFlow/${id}`);
  const { data } = run;
  assert.deepEqual([run.status, run.finished, run.steps()], ['running', false, []]);
  assert.throws(() => run.step('a'), /is still running and has no task of step "a"\. Steps it has: none\./);
  for (const [index, task] of tasks.entries()) {
    await other.do({ add: task });
    const seen = run.steps().flatMap((step) => step.tasks());
    assert.equal(seen.length, index + 1);
    assert.equal(run.metadata.totals.tasks, index + 1);
  }
  assert.equal('results' in data, false, 'a view taken earlier shows what was there then');
  assert.equal(run.data.results.length, 3);
  assert.equal(run.status, 'running');
  await other.do({ finish: {} });
  assert.deepEqual([run.status, run.finished, run.successful], ['successful', true, true]);
  assert.ok(run.finishedAt);
});

test('a task of a run that goes on finds children recorded later, and its newest attempt', async (t) => {
  const store = FixtureStore.for(t);
  const other = new Other(t, store);
  await other.do({ start: { steps: ['start', 'end'] } });
  await other.do({ add: { step: 'start', status: 'failed', artifacts: { x: 1 } } });
  const task = store.client.Task('ForeachFlow/latest/start/0');
  assert.deepEqual([task.successful, task.attempt, task.data.x], [false, 0, 1]);
  await other.do({ add: { step: 'start', attempt: 1, artifacts: { x: 2 }, transition: { steps: ['end'] } } });
  assert.deepEqual([task.successful, task.attempt, task.data.x], [true, 1, 2]);
  assert.deepEqual(task.childTasks, []);
  await other.do({ add: { step: 'end', parents: ['start/0'] } });
  assert.deepEqual(
    task.childTasks.map(({ pathspec }) => pathspec),
    [`${task.parent.parent.pathspec}/end/0`],
  );
});

test('a run whose process is killed is crashed from then on', async (t) => {
  const store = FixtureStore.for(t);
  const other = new Other(t, store);
  await other.do({ start: foreachRun() });
  await other.do({ add: { step: 'start', artifacts: { x: 1 } } });
  const run = store.client.Flow('ForeachFlow').latestRun;
  assert.equal(run.status, 'running');
  await other.kill();
  assert.deepEqual([run.status, run.finished, run.successful], ['crashed', true, false]);
  assert.equal(run.step('start').task.data.x, 1, 'what was recorded can be read');
});

test('a flow shows runs that start later', async (t) => {
  const store = FixtureStore.for(t);
  store.run();
  const other = new Other(t, store);
  const flow = store.client.Flow('ForeachFlow');
  assert.equal(flow.runs().length, 1);
  const id = await other.do({ start: { createdAt: '2027-01-01T00:00:00.000Z' } });
  assert.equal(flow.latestRun.id, id);
  assert.equal(flow.runs().length, 2);
});

test('two processes change tags of one run and lose none', async (t) => {
  const store = FixtureStore.for(t);
  const run = `ForeachFlow/${store.run({ tags: ['first'] })}`;
  const others = [new Other(t, store), new Other(t, store)];
  const rounds = 15;
  const added = others.map(async (other, who) => {
    for (let i = 0; i < rounds; i += 1) {
      await other.do({ tag: { run, add: `own ${who}/${i}` } });
      await other.do({ tag: { run, add: 'shared' } });
      await other.do({ tag: { run, remove: 'shared' } });
      if (i % 2 === 1) await other.do({ tag: { run, remove: `own ${who}/${i}` } });
    }
  });
  await Promise.all(added);
  const expected = [0, 1].flatMap((who) => [0, 2, 4, 6, 8, 10, 12, 14].map((i) => `own ${who}/${i}`));
  const { userTags } = store.client.Run(run);
  assert.deepEqual(
    userTags.filter((tag) => tag !== 'shared'),
    ['first', ...expected].sort(),
  );
});
