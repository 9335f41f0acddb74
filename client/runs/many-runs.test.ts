// Lists of many runs say what the runs say, whether it was kept or not.
import assert from 'node:assert/strict';
import test from 'node:test';
import { connect } from '../connect.ts';
import { FixtureStore } from '../fixture-store.ts';

function filled(context: { after(clean: () => void): void }): FixtureStore {
  const store = FixtureStore.for(context);
  for (let index = 0; index < 70; index += 1) {
    store.run({
      status: index % 10 === 9 ? 'failed' : 'successful',
      parameters: { lr: index / 10 },
      tasks: index % 10 === 9 ? [] : [{ step: 'end', artifacts: { loss: index, list: [index] } }],
    });
  }
  return store;
}

const told = (store: FixtureStore) => {
  const runs = store.client.Flow('ForeachFlow').runs();
  return {
    runs: runs.map((run) => [run.id, run.status, run.createdAt, run.finishedAt, run.tags, run.successful]),
    failed: runs.where("status == 'failed'").map(({ id }) => id),
    small: runs.where('end/0/loss < 30 && parameters/lr > 1').map(({ id }) => id),
    lacking: runs.where('end/0/loss == null').length,
    lists: [...runs.table({ list: 'end/0/list', loss: 'end/0/loss' })].map(String),
  };
};

test('what is kept of runs is what the runs say', (context) => {
  const store = filled(context);
  const first = told(store);
  assert.equal(first.runs.length, 70);
  assert.equal(first.small.length, 17);
  assert.deepEqual(told(store), first);
  assert.deepEqual(told(store), first);
});

test('tags, runs that go on and runs that are new are told as they are', (context) => {
  const store = filled(context);
  told(store);
  const { client } = store;
  const flow = client.Flow('ForeachFlow');
  const [, , , , , , , , , , , , , , , , , , , , oldest] = flow.runs();
  oldest?.addTag('best');
  assert.deepEqual(
    flow.runs('best').map(({ id }) => id),
    [oldest?.id],
  );
  const open = store.start({ createdAt: '2026-01-01T00:00:00.000Z' });
  const running = flow.runs().at(-1);
  assert.equal(running?.id, open.id);
  assert.equal(running?.status, 'running');
  assert.equal(flow.runs().where("status == 'running'").length, 1);
  open.finish();
  assert.equal(running?.status, 'successful');
  assert.equal(flow.runs().where("status == 'running'").length, 0);
});

test('a namespace shows its runs alone, whatever is kept', (context) => {
  const store = filled(context);
  told(store);
  store.run({ user: 'bob', tasks: [{ step: 'end', artifacts: { loss: 1 } }] });
  const count = (namespace: string) =>
    connect({ store: store.path, namespace }).Flow('ForeachFlow').runs().length;
  assert.deepEqual([count('user:alice'), count('user:bob')], [70, 1]);
});
